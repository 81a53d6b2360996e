# SPDX-License-Identifier: BSD-2-Clause
"""A skip that was told explains what it can explain, and nothing else."""
import copy
import json
import unittest

import judge
from test_judge import PROCESS, case_of, encoded, event, load, output, unload

OLD, NEW = (6, 1), (7, 0)
NOBODY = {**PROCESS, "uid": 65534, "cap_sys_module": False}
REFUSED = {"name": "finit_module", "abi": "x86_64", "ret": -1, "errno": "EPERM", "flags": []}


def skip(probe, count=1):
    return event("events_lost", count=count, what="skipped probe", probe=probe)


def tool(pid=100, **keys):
    return event("tool_exec", tool={"name": "modprobe", "path": "/sbin/modprobe", "matched_by": "name"},
                 process={**PROCESS, "pid": pid}, **keys)


def request(name="request"):
    return event("module_request", alias="net-pf-38", wait=True, process=NOBODY, id=name)


def refused(**keys):
    return load(outcome="failure", stage="refused", syscall=REFUSED, process=NOBODY, **keys)


class Base(unittest.TestCase):
    def judged(self, patterns, *lines, release=NEW, header="--- expect", script="monitor: own\n--- guest\ntrue"):
        made = output(*lines)
        for line, given in zip(made[1:], lines):
            line["id"] = given.get("id") if given.get("id") in ("request",) else line["id"]
        text = patterns if isinstance(patterns, str) else "\n".join(json.dumps(one) for one in patterns)
        return judge.judge_output(case_of(f"{script}\n{header}\n{text}\n"), encoded(made), "", release)

    def passes(self, *words, **keys):
        self.assertEqual(self.judged(*words, **keys), [])

    def fails(self, wanted, *words, **keys):
        faults = self.judged(*words, **keys)
        self.assertTrue(any(wanted in fault for fault in faults), f"no {wanted!r} in {faults}")


class Missing(Base):
    EXEC, COMING = '{"kind": "tool_exec"}', '{"kind": "module_coming", "module": {"name": "dummy"}}'
    LOAD = '{"kind": "module_load", "outcome": "success"}'

    def test_a_line_that_anyone_can_cause(self):
        for header in ("--- expect", "--- expect unordered"):
            self.passes(f"{self.EXEC}\n{self.LOAD}", load(), skip("process_exec"), header=header)
        self.passes(f"{self.EXEC}\n{self.LOAD}", load(), load(), skip("process_exec"), header="--- expect some")
        self.passes(f"{self.COMING}\n{self.LOAD}", load(), skip("module_load"))
        self.passes(f'{{"kind": "module_request"}}\n{self.EXEC}', tool(), skip("module_request"))

    def test_nothing_is_missing(self):
        self.passes(f"{self.EXEC}\n{self.LOAD}", tool(), load(), skip("process_exec", 9))
        self.passes(f'{{"kind": "monitor_start"}}\n{self.LOAD}\n{{"kind": "monitor_stop"}}', load(), skip("canary"),
                    header="--- expect all")

    def test_it_must_be_told(self):
        self.fails("not met", f"{self.EXEC}\n{self.LOAD}", load())

    def test_not_where_kernels_never_skip(self):
        self.fails("not met", f"{self.EXEC}\n{self.LOAD}", load(), skip("process_exec"), release=OLD)
        self.fails("this kernel skipped", f"{self.EXEC}\n{self.LOAD}", tool(), load(), skip("process_exec"), release=OLD)
        self.fails("this kernel skipped", self.LOAD, load(), skip("process_exec"), release=OLD, header="--- expect some")

    def test_not_more_than_told(self):
        for header in ("--- expect", "--- expect unordered", "--- expect some"):
            self.passes(f"5 * {self.EXEC}", tool(), tool(), tool(), skip("process_exec", 2), header=header)
            self.fails("no line left", f"5 * {self.EXEC}", tool(), tool(), skip("process_exec", 2), header=header)

    def test_once_for_all_parts_of_a_case(self):
        self.fails("no line left", f"{self.EXEC}\n--- expect\n{self.EXEC}", skip("process_exec"))
        self.fails("no line left", self.EXEC, tool(), skip("process_exec"), header="--- expect repeat=3")

    def test_not_of_another_program(self):
        for probe in ("module_request", "canary", "finit_module_return", "module_free"):
            self.fails("not met", f"{self.EXEC}\n{self.LOAD}", load(), skip(probe, 9))

    def test_no_load_or_unload_by_who_may(self):
        every = [skip(probe, 9) for probe in ("finit_module_return", "delete_module_return", "load_done", "module_load",
                                              "module_free", "load_data", "read_file", "process_exec")]
        for header in ("--- expect", "--- expect unordered", "--- expect some"):
            for lost in (self.LOAD, '{"kind": "module_unload", "outcome": "success"}', '{"kind": "module_load"}',
                         '{"kind": "module_load", "outcome": "failure"}',
                         '{"kind": "module_load", "outcome": "success", "process": {"uid": 65534}}',
                         '{"kind": "module_load", "outcome": "failure", "process": {"uid": 0}}',
                         '{"kind": "module_load", "outcome": "failure", "process": {"uid": 65534, "cap_sys_module": true}}'):
                self.fails("no line left", f"{self.EXEC}\n{lost}", tool(), *every, header=header)

    def test_a_refused_call(self):
        patterns = f'{{"kind": "module_load", "outcome": "failure", "process": {{"uid": 65534}}}}\n{self.EXEC}'
        self.passes(patterns, tool(), skip("finit_module_return"))
        self.passes(patterns, tool(), skip("compat_init_module_return"))
        self.fails("not met", patterns, tool(), skip("delete_module_return"))
        named = ('{"kind": "module_load", "outcome": "failure", "syscall": {"name": "init_module"}, '
                 '"process": {"cap_sys_module": false}}')
        self.fails("no line left", named, skip("finit_module_return"))
        self.passes(named, skip("init_module_return"))

    def test_an_extra_line_is_one_all_the_same(self):
        for header in ("--- expect", "--- expect unordered"):
            self.fails("more than expected", self.EXEC, tool(), load(), skip("process_exec", 5), header=header)

    def test_the_missing_one_is_not_the_first_that_would_fit(self):
        def of(*pids):
            return "\n".join(f'{{"kind": "tool_exec", "process": {{"pid": {pid}}}}}' for pid in pids)
        self.passes(f"{self.EXEC}\n{of(2, 3)}", tool(2), tool(3), skip("process_exec"))
        order = of(2, 3, 4)
        self.passes(order, tool(2), tool(4), skip("process_exec"))
        self.fails("not met", order, tool(3), tool(2), skip("process_exec"))

    def test_a_name_that_the_missing_line_had(self):
        patterns = '{"kind": "module_request", "id": "$r"}\n{"kind": "tool_exec", "requested_by": {"id": "$r"}}'
        by = {"id": "request", "alias": "net-pf-38", "process": NOBODY}
        for header in ("--- expect", "--- expect unordered", "--- expect some"):
            self.passes(patterns, tool(requested_by=by), skip("module_request"), header=header)
            self.fails("not met", patterns, request(), tool(requested_by={**by, "id": "other"}), skip("module_request"),
                       header=header.replace(" some", ""))


class Parts(Base):
    ASKED = ('{"kind": "module_request", "id": "$r"}\n{"kind": "tool_exec", "requested_by": {"id": "$r"}}\n'
             '2 * {"kind": "module_load", "outcome": "success", "requested_by": {"id": "$r"}}')

    def test_the_requester(self):
        lines = request(), tool(7, requested_by=None), *(load(process={**PROCESS, "pid": 7}) for _ in range(2))
        for probe in ("helper_wanted", "helper_begins", "process_exec", "module_request"):
            self.passes(self.ASKED, *lines, skip(probe))
        self.fails("requested_by", self.ASKED, *lines, skip("module_load"))
        self.fails("requested_by", self.ASKED, *lines)
        self.fails("requested_by", self.ASKED, *lines[:3], load(process={**PROCESS, "pid": 8}), skip("helper_begins"))
        self.fails("no line left", self.ASKED, *lines[:3], skip("helper_begins", 9))

    def test_another_requester_is_never_right(self):
        by = {"id": "other", "alias": "x", "process": NOBODY}
        lines = request(), tool(7, requested_by=by), load(), load()
        self.fails("requested_by", self.ASKED, *lines, skip("helper_begins", 9))

    def test_the_abi(self):
        unknown = copy.deepcopy(load())
        unknown["syscall"]["abi"] = None
        wanted = '{"kind": "module_load", "outcome": "success", "syscall": {"abi": "x86_64", "ret": 0}}'
        self.passes(wanted, unknown, skip("finit_module_return"))
        self.fails("syscall.abi is None", wanted, unknown, skip("process_exec"))
        self.fails("syscall.abi is None", f"2 * {wanted}", unknown, copy.deepcopy(unknown), skip("finit_module_return"))
        self.fails("syscall.abi is None", wanted, unknown, skip("finit_module_return"), release=OLD)

    def test_a_call_that_is_told_late_stands_where_it_was(self):
        first, second = load("a"), load("b")
        first["syscall"]["abi"] = None
        first["time"], second["time"] = "2026-01-01T00:00:01.000000000Z", "2026-01-01T00:00:01.500000000Z"
        patterns = '{"kind": "module_load", "module": {"name": "a"}}\n{"kind": "module_load", "module": {"name": "b"}}'
        self.passes(patterns, second, first, skip("finit_module_return"))
        first["syscall"]["abi"] = "x86_64"
        self.fails("not met", patterns, second, first, skip("finit_module_return"))

    def test_what_the_image_says(self):
        wanted = ('{"kind": "module_load", "outcome": "failure", "stage": "verify", "module": {"name": "dummy"}, '
                  '"source": {"kind": "memory", "sha256": "abc"}}')
        blind = load(None, outcome="failure", stage="read", source={"kind": "memory", "size": None}, syscall=REFUSED)
        for probe in ("load_data", "post_load_data"):
            self.passes(wanted, blind, skip(probe))
        self.fails("not met", wanted, blind, skip("module_load"))
        self.fails("not met", wanted, load(source={"kind": "memory", "size": None}), skip("load_data"))
        self.fails("no line left", f"2 * {wanted}", blind, skip("load_data", 9))

    def test_what_could_be_said_is_judged(self):
        wanted = '{"kind": "module_load", "outcome": "success", "module": {"name": "other"}}'
        self.fails("module.name", wanted, load(), skip("finit_module_return"), skip("load_data"))


if __name__ == "__main__":
    unittest.main()
