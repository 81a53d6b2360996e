# SPDX-License-Identifier: BSD-2-Clause
"""The judge must not be easy to please. Run with: python3 -B -m unittest discover -s tests/vm"""
import copy
import json
import sys
import tempfile
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import judge  # noqa: E402
import pattern  # noqa: E402
import strict  # noqa: E402
from case import Case  # noqa: E402
from own import Own  # noqa: E402
from place import Trouble  # noqa: E402

RELEASE = (6, 12)
HOST = {"name": "guest", "id": None, "boot": "01234567-89ab-cdef-0123-456789abcdef"}
PROCESS = {
    "pid": 100, "tid": 100, "ppid": 50, "comm": "insmod", "exe": "/usr/bin/kmod",
    "exe_file": {"dev": "8:1", "inode": 7, "deleted": False}, "argv": ["insmod", "x.ko"], "cwd": "/",
    "uid": 0, "gid": 0, "euid": 0, "egid": 0, "auid": None, "ses": None, "cap_sys_module": True, "kthread": False,
    "start_time": "2026-01-01T00:00:00.000000000Z", "cgroup": "/", "container": None, "ns": {"pid": 1, "mnt": 2, "user": 3},
    "ancestors": [{"pid": 50, "comm": "sh", "exe": "/bin/sh", "deleted": False}],
}


def event(kind, **keys):
    return {"schema": 2, "time": "2026-01-01T00:00:00.123456789Z", "boot_ns": 1, "kind": kind, "host": HOST, **keys}


def load(name="dummy", **keys):
    return event("module_load", **{
        "outcome": "success", "syscall": {"name": "finit_module", "abi": "x86_64", "ret": 0, "flags": []},
        "module": {"name": name}, "process": copy.deepcopy(PROCESS), **keys})


def unload(name="dummy", **keys):
    return event("module_unload", **{
        "outcome": "success", "syscall": {"name": "delete_module", "abi": "x86_64", "ret": 0, "flags": []},
        "module": {"name": name}, "process": copy.deepcopy(PROCESS), **keys})


def output(*events, number=True):
    lines = [event("monitor_start", version="1", kernel_release="k", probes=[], degraded=False), *events]
    lines.append(event("monitor_stop", reason="SIGTERM", counts=dict(Counter(line["kind"] for line in lines))))
    if number:
        for seq, line in enumerate(lines, 1):
            line.update(seq=seq, id=f"id-{seq}")
    return lines


def encoded(lines):
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def case_of(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.case"
        path.write_text(text)
        return Case(path)


class Base(unittest.TestCase):
    def judged(self, patterns, lines, variables="", header="--- expect", data=None):
        case = case_of(f"monitor: own\n--- guest\ntrue\n{header}\n{patterns}\n")
        return judge.judge_output(case, encoded(lines) if data is None else data, variables, RELEASE)

    def passes(self, *words, **keys):
        self.assertEqual(self.judged(*words, **keys), [])

    def fails(self, wanted, *words, **keys):
        faults = self.judged(*words, **keys)
        self.assertTrue(any(wanted in fault for fault in faults), f"no {wanted!r} in {faults}")


class Lines(Base):
    TWO = '{"kind": "module_load"}\n{"kind": "module_unload"}'

    def test_the_right_lines_pass(self):
        self.passes(self.TWO, output(load(), unload()))

    def test_a_missing_line(self):
        self.fails("no line left", self.TWO, output(load()))

    def test_no_output_at_all(self):
        self.fails("not monitor_start", "", [])

    def test_an_extra_line(self):
        self.fails("more than expected", self.TWO, output(load(), unload(), load("other")))

    def test_an_extra_line_between(self):
        self.fails("1 line(s) later", self.TWO, output(load(), load("other"), unload()))

    def test_the_wrong_order(self):
        self.fails("not met", self.TWO, output(unload(), load()))

    def test_any_order_where_it_is_allowed(self):
        self.passes(self.TWO, output(unload(), load()), header="--- expect unordered")

    def test_any_order_still_wants_the_exact_set(self):
        self.fails("not met", self.TWO, output(load(), load("other")), header="--- expect unordered")

    def test_some_lines_among_others(self):
        self.passes(self.TWO, output(load("other"), unload(), load("more"), load()), header="--- expect some")

    def test_some_lines_must_be_there(self):
        self.fails("not met", self.TWO, output(load("other"), load()), header="--- expect some")

    def test_one_of_many_like_lines_is_missing(self):
        # All ways to share 39 lines out among 40 patterns are more than anybody can wait for.
        pattern_text, lines = '40 * {"kind": "module_load", "module": {"name": "dummy"}}', [load() for _ in range(39)]
        self.passes(pattern_text, output(load(), *lines), header="--- expect unordered")
        self.fails('wanted "dummy", got "other"', pattern_text, output(load("other"), *lines), header="--- expect unordered")

    def test_any_order_takes_a_choice_back(self):
        # The first pattern fits both lines; taking the nearest one would leave the second pattern without.
        patterns = '{"kind": "module_load"}\n{"kind": "module_load", "module": {"name": "a"}}'
        self.passes(patterns, output(load("a"), load("b")), header="--- expect unordered")

    def test_times(self):
        self.passes('3 * {"kind": "module_load"}', output(load(), load(), load()))
        self.fails("no line left", '3 * {"kind": "module_load"}', output(load(), load()))
        self.fails("more than expected", '3 * {"kind": "module_load"}', output(*[load() for _ in range(4)]))

    def test_repeated_blocks(self):
        self.passes(self.TWO, output(load(), unload(), load(), unload()), header="--- expect repeat=2")
        self.fails("no line left", self.TWO, output(load(), unload(), load()), header="--- expect repeat=2")

    def test_conditions(self):
        self.passes('{"kind": "nothing"}', output(), header="--- expect kernel<6.12")
        self.fails("no line left", '{"kind": "nothing"}', output(), header="--- expect kernel>=6.12")

    def test_all_lines_spelled_out(self):
        self.passes('{"kind": "monitor_start"}\n{"kind": "monitor_stop"}', output(), header="--- expect all")
        self.fails("no line left", '{"kind": "monitor_start"}', [], header="--- expect all")


class Run(Base):
    def test_a_missing_probe(self):
        lines = output(load())
        lines[0]["degraded"] = True
        self.fails("without all its probes", '{"kind": "module_load"}', lines)
        self.passes('{"kind": "monitor_start", "degraded": true}\n{"kind": "module_load"}\n{"kind": "monitor_stop"}', lines,
                    header="--- expect all")

    def test_a_hole_in_seq(self):
        lines = output(load())
        lines[1]["seq"] = 3
        self.fails("a hole", '{"kind": "module_load"}', lines)

    def test_seq_starts_at_one(self):
        lines = output(load())
        for line in lines:
            line["seq"] += 1
        self.fails("a hole", '{"kind": "module_load"}', lines)

    def test_a_slice_of_a_shared_run_starts_anywhere_but_has_no_holes(self):
        case = case_of('--- guest\ntrue\n--- expect\n2 * {"kind": "module_load"}\n')
        lines = output(load(), load())[1:3]
        self.assertEqual(judge.judge_output(case, encoded(lines), "", RELEASE), [])
        lines[1]["seq"] = 9
        self.assertTrue(judge.judge_output(case, encoded(lines), "", RELEASE))

    def test_an_id_twice(self):
        lines = output(load())
        lines[1]["id"] = lines[0]["id"]
        self.fails("is that of line 1", '{"kind": "module_load"}', lines)

    def test_no_monitor_stop(self):
        self.fails("last line is not monitor_stop", '{"kind": "module_load"}', output(load())[:-1])

    def test_no_monitor_start(self):
        self.fails("first line is not monitor_start", '{"kind": "module_load"}', output(load())[1:])

    def test_the_counts_at_the_end(self):
        lines = output(load(), unload())
        lines[-1]["counts"]["module_load"] = 2
        self.fails("monitor_stop counts", Lines.TWO, lines)
        self.fails("monitor_stop counts", '{"kind": "monitor_start"}\n{"kind": "module_load"}\n{"kind": "module_unload"}\n'
                   '{"kind": "monitor_stop"}', lines, header="--- expect all")

    def test_keys_of_every_line(self):
        for key, value in (("schema", 1), ("schema", True), ("id", ""), ("id", 7), ("time", "2026-01-01T00:00:00Z"),
                           ("kind", "module_loaded"), ("host", None), ("boot_ns", "x"), ("host", {**HOST, "boot": "x"}),
                           ("host", {**HOST, "id": "x"})):
            lines = output(load())
            lines[1][key] = value
            self.fails("line 2", "{}", lines)

    def test_parts_of_a_process(self):
        for key in ("pid", "argv", "auid", "cap_sys_module", "ns"):
            lines = output(load())
            del lines[1]["process"][key]
            self.fails(f"process.{key} is absent", "{}", lines)

    def test_the_parent_is_the_nearest_ancestor(self):
        lines = output(load())
        lines[1]["process"]["ppid"] = 51
        self.fails("not the parent", "{}", lines)

    def test_outcome_and_return_value_agree(self):
        wrong = {"name": "finit_module", "abi": "x86_64", "ret": -1, "errno": "EPERM", "flags": []}
        self.fails("outcome success", "{}", output(load(syscall=wrong)))
        self.fails("with ret 5", "{}", output(load(syscall={"name": "finit_module", "abi": "x86_64", "ret": 5, "flags": []})))
        self.fails("stage None", "{}", output(load(outcome="failure", syscall=wrong)))
        self.passes("{}", output(load(outcome="failure", stage="refused", syscall=wrong)))
        self.fails("stage None", "{}", output(load(outcome="failure", stage=None, syscall=wrong)))
        self.passes("{}", output(load(outcome="failure", stage=None, coalesced=True, syscall=wrong)))


    def test_a_lost_end_may_have_known_the_abi(self):
        without = {"name": "finit_module", "abi": None, "ret": 0, "flags": []}
        lost = event("events_lost", count=1, what="result")
        self.fails("syscall.abi is None", "{}", output(load(syscall=without)))
        self.passes('{"kind": "module_load"}\n{"kind": "events_lost"}', output(load(syscall=without), lost))
        self.fails("syscall.abi is None", '{"kind": "module_load"}\n{"kind": "module_load"}\n{"kind": "events_lost"}',
                   output(load(syscall=without), load(syscall=without), lost))


class OthersOnTheMachine(unittest.TestCase):
    """Natively, lines of other processes come too."""
    SCRIPT = 50
    ONE = '{"kind": "tool_exec"}'

    def judged(self, patterns, lines, header="--- expect"):
        case = case_of(f"monitor: none\n--- guest\ntrue\n{header}\n{patterns}\n")
        return judge.judge_output(case, encoded(lines), "", RELEASE, Own(self.SCRIPT))

    @staticmethod
    def tool(*chain, **keys):
        ancestors = [{"pid": pid, "comm": "sh"} for pid in chain[1:]]
        process = {**PROCESS, "pid": chain[0], "tid": chain[0], "ppid": chain[1], "ancestors": ancestors}
        return event("tool_exec", tool={"name": "kmod", "path": "/sbin/depmod", "matched_by": "name"}, process=process, **keys)

    @staticmethod
    def suppressed(uid):
        return event("attempts_suppressed", what="tool_exec", count=7, uid=uid, since="2026-01-01T00:00:00.000000000Z")

    def test_what_others_did_is_not_judged(self):
        others = (self.tool(7, 8, 9), self.suppressed(0), event("events_lost", count=1, what="tool_exec"),
                  event("module_missed", change="loaded", module={"name": "x"}), load(process=self.tool(7, 8)["process"]))
        self.assertEqual(self.judged(self.ONE, output(*others, self.tool(60, 55, 50))), [])

    def test_what_the_script_caused_is(self):
        ours = self.tool(60, 50, 1)
        helper = self.tool(70, 2, requested_by={"id": "x", "alias": "y", "process": ours["process"]})
        for more in (self.tool(61, 60, 50), helper, self.suppressed(Own(self.SCRIPT).uid),
                     event("events_lost", count=1, what="undecodable record")):
            self.assertIn("more than expected", self.judged(self.ONE, output(ours, more))[0])
        self.assertIn("no line left", self.judged(self.ONE, output(self.tool(7, 8)))[0])

    def test_the_contract_is_held_by_all_lines(self):
        lines = output(self.tool(7, 8), self.tool(60, 50))
        lines[1]["seq"] = 9
        self.assertIn("a hole", self.judged(self.ONE, lines)[0])

    def test_a_rule_that_another_changed(self):
        lines = [event("audit_parity", profile="p", outcome="gap") for _ in range(2)]
        wanted = '{"kind": "monitor_start"}\n{"kind": "audit_parity"}\n{"kind": "monitor_stop"}'
        self.assertEqual(self.judged(wanted, output(*lines), header="--- expect all"), [])


class InstalledSchema(Base):
    """The schema is held against lines as the program writes them, and must not take others."""
    ONE = '{"kind": "module_load"}'

    def refuses(self, **keys):
        self.fails("the schema does not allow", self.ONE, output(load(**keys)))

    def test_null_and_companions(self):
        self.passes(self.ONE, output(load(module={
            "name": "\ufffd", "name_hex": "ff", "params": None, "size": None, "signed": None, "taint_names": [],
            "version": "1", "version_truncated": True, "state": "live"})))

    def test_a_wrong_type(self):
        self.refuses(module={"name": "dummy", "size": "16384"})
        self.refuses(module={"name": "dummy", "size": -1})
        self.refuses(module={"name": "dummy", "signed": 1})
        self.refuses(module=["dummy"])

    def test_a_wrong_word(self):
        self.refuses(module={"name": "dummy", "state": "lively"})
        self.refuses(source={"kind": "socket"})

    def test_a_key_of_another_kind(self):
        self.refuses(alias="net-pf-38")
        self.refuses(module={"name": "dummy", "name_from_hex": "00"})

    def test_a_wrong_time(self):
        self.refuses(source={"kind": "file", "mtime": "yesterday"})

    def test_one_line_of_many(self):
        self.fails("line 4: the schema does not allow $.module.size", f"3 * {self.ONE}",
                   output(load(module={"name": "a", "size": 1}), load(module={"name": "b", "size": 2}),
                          load(module={"name": "c", "size": False})))


class Values(Base):
    def one(self, pattern_text, **keys):
        return pattern_text, output(load(**keys))

    def test_wrong_value(self):
        self.fails('module.name: wanted "dummy", got "other"', *self.one('{"module": {"name": "dummy"}}', module={"name": "other"}))

    def test_absent_key(self):
        self.fails("the key is absent", *self.one('{"source": {"kind": "file"}}'))
        self.passes(*self.one('{"stage": "<absent>"}'))
        self.fails("should be absent", *self.one('{"module": "<absent>"}'))

    def test_null_is_not_absent_and_not_false(self):
        self.passes(*self.one('{"process": {"auid": null}}'))
        self.fails("wanted false, got null", *self.one('{"process": {"auid": false}}'))
        self.fails("wanted 0, got false", *self.one('{"process": {"kthread": 0}}'))

    def test_arrays(self):
        self.passes(*self.one('{"process": {"argv": ["insmod", "x.ko"]}}'))
        self.passes(*self.one('{"process": {"argv": ["insmod", "..."]}}'))
        self.fails("wanted 1 items", *self.one('{"process": {"argv": ["insmod"]}}'))
        self.fails("argv[1]", *self.one('{"process": {"argv": ["insmod", "y.ko"]}}'))

    def test_expressions_match_as_a_whole(self):
        self.passes(*self.one('{"process": {"exe": "/.*kmod/"}}'))
        self.fails("fits", *self.one('{"process": {"exe": "/kmod/"}}'))

    def test_names_are_bound_at_first_use(self):
        self.passes('{"module": {"name": "$x"}}\n{"module": {"name": "$x"}}', output(load(), unload()))
        self.fails("$x", '{"module": {"name": "$x"}}\n{"module": {"name": "$x"}}', output(load(), unload("other")))

    def test_names_given_by_the_guest(self):
        self.passes(*self.one('{"process": {"pid": "$p"}}'), variables="p=100\n")
        self.fails("$p", *self.one('{"process": {"pid": "$p"}}'), variables="p=101\n")
        self.fails("$p", *self.one('{"process": {"kthread": "$p"}}'), variables="p=False\n")

    def test_a_failed_match_binds_nothing(self):
        with self.assertRaises(pattern.Mismatch):
            pattern.match({"a": "$x", "b": 2}, {"a": 1, "b": 3}, {})
        self.assertEqual(pattern.match({"a": "$x"}, {"a": 5}, {}), {"x": 5})


class Strict(Base):
    def test_what_a_strict_parser_refuses(self):
        for line in (b'{"a":NaN}', b'{"a":1,"a":2}', b'{"a":"\xff"}', b'{"a":"\x1b"}', b'{"a":"\x7f"}', b'[1]', b'{"a":1}x', b"",
                     b'{"a":"\\ud800"}', b'{"a":"' + b"x" * 65536 + b'"}'):
            with self.assertRaises(strict.Bad, msg=line[:40]):
                strict.parse(line)

    def test_the_longest_line(self):
        self.assertTrue(strict.parse(b'{"a":"' + b"x" * (65535 - 8) + b'"}'))

    def test_the_last_line_has_an_end(self):
        self.fails("no line end", "", [], data=encoded(output())[:-1])

    def test_bytes_and_text_agree(self):
        good = {"name": "a\ufffd\ufffd(", "name_hex": "61ffc328"}
        self.passes('{"module": {"name_hex": "61ffc328"}}', output(load(module=good)))
        self.fails("but its bytes", "{}", output(load(module={**good, "name_hex": "62ffc328"})))
        self.fails("there is no name_hex", "{}", output(load(module={"name": "a\ufffd"})))
        self.fails("is not hex", "{}", output(load(module={**good, "name_hex": "zz"})))

    def test_bytes_in_arrays(self):
        process = {**PROCESS, "argv": ["a", "\ufffd"], "argv_hex": ["61", "fe"]}
        self.passes("{}", output(load(process=process)))
        self.fails("different length", "{}", output(load(process={**process, "argv_hex": ["61"]})))

    def test_one_replacement_for_each_bad_byte(self):
        for data, text in ((b"\xe2\x82A", "\ufffd\ufffdA"), (b"\xed\xa0\x80", "\ufffd" * 3), (b"\xf0\x9f\x98\x80", "\U0001f600")):
            self.assertEqual(strict.replaced(data), text)


class Verdict(unittest.TestCase):
    GOOD = {"verdict": "done\n", "script.exit": "0\n", "exit": "0\n", "stdout": "", "stderr": ""}

    def faults(self, text="--- guest\ntrue\n", **files):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in {**self.GOOD, **files}.items():
                if content is not None:
                    (Path(folder) / name).write_text(content)
            return judge.judge(case_of(text), Path(folder), RELEASE)

    def test_no_news_is_bad_news(self):
        self.assertEqual(self.faults(), [])
        self.assertTrue(self.faults(verdict=None))
        self.assertTrue(self.faults(verdict=""))

    def test_the_script_must_succeed(self):
        self.assertTrue(self.faults(**{"script.exit": "1\n"}))
        self.assertTrue(self.faults(**{"script.exit": None}))

    def test_trouble_in_the_guest(self):
        self.assertIn("left behind", self.faults(trouble="left behind\n"))

    def test_exit_status(self):
        none = "monitor: none\n--- guest\ntrue\n--- exit 2\n--- expect all\n"
        self.assertEqual(self.faults(none, exit="2\n"), [])
        self.assertTrue(self.faults(none, exit="0\n"))
        self.assertTrue(self.faults(none, exit=None))

    def test_missing_output(self):
        self.assertTrue(self.faults('--- guest\ntrue\n--- expect\n{"kind": "module_load"}\n', stdout=None))

    def test_stderr(self):
        text = "--- guest\ntrue\n--- expect stderr\nno such .*thing\n"
        self.assertEqual(self.faults(text, stderr="there is no such little thing\n"), [])
        self.assertTrue(self.faults(text, stderr="nothing\n"))

    def test_what_a_sanitizer_says(self):
        for words in ("==7==ERROR: AddressSanitizer: heap-use-after-free", "==7==ERROR: LeakSanitizer: detected memory leaks",
                      "user/x.c:3:1: runtime error: signed integer overflow"):
            self.assertTrue(self.faults(stderr=f"kmodwatch: watching\n{words}\n"))


class Cases(unittest.TestCase):
    def test_faults_in_a_case_file_are_named(self):
        for text in ("--- expect\n{}\n", "colour: red\n--- guest\ntrue\n", "--- guest\ntrue\n--- expect sorted\n",
                     "--- guest\ntrue\n--- expect\nnot json\n", "--- guest\ntrue\n--- verdict\n"):
            with self.assertRaises(Trouble, msg=text):
                case_of(text)

    def test_a_pattern_that_is_not_json(self):
        case = case_of("--- guest\ntrue\n--- expect\n{event}\n")
        with self.assertRaises(Trouble):
            judge.judge_output(case, encoded(output(load())), "", RELEASE)

    def test_all_case_files_can_be_read(self):
        from case import chosen
        for case in chosen([]):
            for block in case.blocks:
                for number, _times, text in block.patterns:
                    with self.subTest(case=case.name, line=number):
                        json.loads(text)


if __name__ == "__main__":
    unittest.main()
