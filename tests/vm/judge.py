# SPDX-License-Identifier: BSD-2-Clause
"""Decides whether a case passed, from the files that the guest sent. No news is bad news."""
import itertools
import json
import re

import contract
import pattern
import strict
from case import Case

GENERAL = ("monitor_start", "module_present", "monitor_stop")
TRIES = 50_000  # at the least: where a line is missing, all orders of many like ones would take longer than anybody waits


def judge(case, folder, release, own=None):
    """The faults of one case on one kernel: an empty list is a pass. own: whose lines count, where others' come too."""
    def text(name, otherwise=None):
        path = folder / name
        return path.read_text(errors="replace") if path.exists() else otherwise

    if text("verdict") != "done\n":
        return ["the guest did not finish this case"]
    faults = [line for line in text("trouble", "").splitlines()]
    faults += _script(text)
    if case.monitor == "own" or case.exits:
        faults += _exit(case, text("exit"), release)
    faults += _stderr(case, text("stderr", ""), release)
    faults += _sanitizer(text("stderr", ""))
    output = folder / "stdout"
    if output.exists():
        faults += judge_output(case, output.read_bytes(), text("vars", ""), release, own)
    elif blocks_for(case, release):
        faults.append("kmodwatch wrote nothing: there is no stdout file")
    if faults and text("stderr", "").strip():
        faults.append("kmodwatch said:\n" + text("stderr").strip()[-2000:])
    return faults


def judge_session(folder):
    """The faults of a kmodwatch that many cases shared, as a whole."""
    faults = [] if (folder / "verdict").exists() else ["the guest did not finish this session"]
    for name in ("stdout", "exit"):
        if not (folder / name).exists():
            return faults + [f"there is no {name} of it"]
    if (folder / "trouble").exists():
        faults += (folder / "trouble").read_text().splitlines()
    status = (folder / "exit").read_text().strip()
    if status != "0":
        faults.append(f"kmodwatch ended with {status}, not with 0")
    if (folder / "stderr").exists():
        faults += _sanitizer((folder / "stderr").read_text(errors="replace"))
    lines, bad = strict.parse_lines((folder / "stdout").read_bytes())
    faults += bad + list(_degraded(lines)) + contract.check_run(lines)
    return [*faults, *contract.check_ends(lines), *contract.check_counts(lines)]


def _script(text):
    status = text("script.exit", "").strip()
    if status != "0":
        words = text("script.err", "").strip() or "it said nothing on stderr"
        yield f"the guest script ended with {status or 'no status'}: {words}"


def _exit(case, given, release):
    wanted = 0
    for conditions, status in case.exits:
        if Case.holds(conditions, release):
            wanted = status
    if given is None or given.strip() != str(wanted):
        yield f"kmodwatch ended with {given.strip() if given else 'no status'}, not with {wanted}"


def _stderr(case, given, release):
    for conditions, wanted in case.stderr:
        if Case.holds(conditions, release) and not re.search(wanted, given):
            yield f"kmodwatch's stderr has nothing that fits /{wanted}/"


def _sanitizer(given):
    """What a kmodwatch built for ASan and UBSan says of itself: a fault, whatever it ended with."""
    found = re.search(r"ERROR: (Address|Leak)Sanitizer.*|.*: runtime error: .*", given)
    if found:
        yield f"a sanitizer speaks: {given[found.start():][:3000]}"


def blocks_for(case, release):
    return [block for block in case.blocks if Case.holds(block.conditions, release)]


def judge_output(case, data, variables, release, own=None):
    lines, faults = strict.parse_lines(data)
    blocks = blocks_for(case, release)
    every = any(block.every for block in blocks)
    faults += contract.check_run(lines, whole=case.monitor != "shared")
    if case.monitor != "shared":
        faults += contract.check_counts(lines)
    if case.monitor != "shared" and not every:
        faults += contract.check_ends(lines)
    if not any('"degraded"' in text for block in blocks for _, _, text in block.patterns):
        faults += _degraded(lines)
    if own:
        lines = list(own.lines(lines))
    if not every:
        lines = [line for line in lines if line.get("event") not in GENERAL and not _preempted(line, release)]
    # said at the start, and whenever a rule changes: only for cases that ask
    if not any("audit_parity" in text for block in blocks for _, _, text in block.patterns):
        lines = [line for line in lines if line.get("event") != "audit_parity"]
    bound = {}
    for line in variables.splitlines():
        name, _, value = line.partition("=")
        bound[name] = pattern.Given(value)
    try:
        for block in blocks:
            for _ in range(block.repeat):
                patterns = [(number, _read(case, number, text)) for number, times, text in block.patterns
                            for _ in range(times)]
                take = _among if block.some else _any_order if block.unordered else _in_order
                lines, bound = take(patterns, lines, bound)
    except Unmet as unmet:
        return faults + [str(unmet)]
    if lines:
        faults.append(f"{len(lines)} line(s) more than expected, the first:\n{_brief(lines[0])}")
    return faults


def _degraded(lines):
    """A probe that is missing is a fault, however well what the case looks at goes without it."""
    for line in lines:
        if line.get("event") == "monitor_start" and line.get("degraded"):
            missing = [probe for probe in line.get("probes", []) if not probe.get("attached") and probe.get("loses")]
            yield f"kmodwatch watched without all its probes: {_brief(missing or line)}"


def _preempted(line, release):
    """Kernels that preempt in the kernel by default say now and then that a probe was skipped; what a case expects must
    be there all the same."""
    return release >= (7, 0) and line.get("event") == "events_lost" and line.get("what") == "skipped probe"


class Unmet(Exception):
    """A pattern that no line fits."""


def _read(case, number, text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise case.wrong(number, f"the pattern is not JSON: {error}") from None


def _in_order(patterns, lines, bound):
    for at, (number, wanted) in enumerate(patterns):
        if at >= len(lines):
            raise Unmet(f"no line left for the pattern in line {number}: {_brief(wanted)}")
        try:
            bound = pattern.match(wanted, lines[at], bound)
        except pattern.Mismatch as mismatch:
            raise Unmet(_explain(number, wanted, lines[at], mismatch)
                        + _elsewhere(wanted, lines[at + 1:], bound)) from None
    return lines[len(patterns):], bound


def _elsewhere(wanted, later, bound):
    for index, line in enumerate(later, 1):
        try:
            pattern.match(wanted, line, bound)
            return f"\n(it does fit {index} line(s) later: extra lines, or the wrong order)"
        except pattern.Mismatch:
            pass
    return ""


def _among(patterns, lines, bound):
    """Each pattern takes one of the lines, and nothing is said of the others."""
    _, bound = _any_order(patterns, lines, bound, len(lines))
    return [], bound


def _any_order(patterns, lines, bound, reach=None):
    """Each pattern takes one of the next lines; names must agree, so a choice may have to be taken back, until the tries
    are used up."""
    taken = lines[:reach or len(patterns)]
    deepest = {"at": -1, "why": ""}
    left = itertools.count(max(TRIES, 2 * len(patterns) * len(taken)), -1)

    def settle(at, free, names):
        if at == len(patterns):
            return names
        number, wanted = patterns[at]
        closest = None
        for index in free:
            if next(left) == 0:
                raise Unmet(f"{deepest['why']}\n(other ways to share out the lines were left untried: too many)")
            try:
                now = pattern.match(wanted, taken[index], names)
            except pattern.Mismatch as mismatch:
                if closest is None or mismatch.matched > closest[0].matched:
                    closest = (mismatch, taken[index])
                continue
            done = settle(at + 1, [other for other in free if other != index], now)
            if done is not None:
                return done
        if at > deepest["at"]:
            deepest["at"] = at
            deepest["why"] = (_explain(number, wanted, closest[1], closest[0]) if closest else
                              f"no line left for the pattern in line {number}: {_brief(wanted)}")
        return None

    names = settle(0, list(range(len(taken))), bound)
    if names is None:
        raise Unmet(deepest["why"])
    return lines[len(patterns):], names


def _explain(number, wanted, line, mismatch):
    return (f"the pattern in line {number} is not met: {mismatch}\n"
            f"  pattern: {_brief(wanted)}\n  closest: {_brief(line)}")


def _brief(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 1500 else text[:1500] + "…"
