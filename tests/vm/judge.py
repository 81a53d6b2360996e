# SPDX-License-Identifier: BSD-2-Clause
"""Decides whether a case passed, from the files that the guest sent. No news is bad news."""
import json
import re

import contract
import pattern
import skipped
import strict
from case import Case
from sharing import Sharing

GENERAL = ("monitor_start", "module_present", "monitor_stop")
TRIES = 50_000  # times that another pattern is left out, until it counts as not found


def judge(case, folder, release, own=None, preempts=False):
    """The faults of one case on one kernel: an empty list is a pass. own: whose lines count, where others' come too.
    preempts: the kernel may skip a program, whatever its version."""
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
        faults += judge_output(case, output.read_bytes(), text("vars", ""), release, own, preempts)
    elif blocks_for(case, release):
        faults.append("kmodwatch wrote nothing: there is no stdout file")
    if faults and text("stderr", "").strip():
        faults.append("kmodwatch said:\n" + text("stderr").strip()[-2000:])
    return faults


def judge_session(folder, release, preempts=False):
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
    allowance = skipped.Allowance(lines, preempts or skipped.may_skip(release))
    faults += bad + allowance.faults + list(_degraded(lines)) + contract.check_run(lines, unknown_abis=allowance.returns)
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


def judge_output(case, data, variables, release, own=None, preempts=False):
    lines, faults = strict.parse_lines(data)
    blocks = blocks_for(case, release)
    every = any(block.every for block in blocks)
    # this machine may preempt whatever its version: that is its owner's choice
    allowance = skipped.Allowance(lines, own is not None or preempts or skipped.may_skip(release, case.headers.get("args", "")))
    faults += allowance.faults + contract.check_run(lines, case.monitor != "shared", allowance.returns)
    if case.monitor != "shared":
        faults += contract.check_counts(lines)
    if case.monitor != "shared" and not every:
        faults += contract.check_ends(lines)
    if not any('"degraded"' in text for block in blocks for _, _, text in block.patterns):
        faults += _degraded(lines)
    if own:
        lines = list(own.lines(lines))
    lines = [line for line in lines if not skipped.is_told(line) and (every or line.get("kind") not in GENERAL)]
    # said at the start, and whenever a rule changes: only for cases that ask
    if not any("audit_parity" in text for block in blocks for _, _, text in block.patterns):
        lines = [line for line in lines if line.get("kind") != "audit_parity"]
    bound = {}
    for line in variables.splitlines():
        name, _, value = line.partition("=")
        bound[name] = pattern.Given(value)
    expected = [(block, [(number, _read(case, number, text)) for number, times, text in block.patterns for _ in range(times)])
                for block in blocks]
    each = {number: wanted for _, patterns in expected for number, wanted in patterns}
    lines = allowance.opened(lines, each.values(), bound)
    try:
        for block, patterns in expected:
            for _ in range(block.repeat):
                take = _among if block.some else _any_order if block.unordered else _in_order
                lines, bound = take(patterns, lines, bound, allowance)
    except Unmet as unmet:
        return faults + [str(unmet)]
    if lines:
        faults.append(f"{len(lines)} line(s) more than expected, the first:\n{_brief(lines[0])}")
    return faults


def _degraded(lines):
    """A probe that is missing is a fault, however well what the case looks at goes without it."""
    for line in lines:
        if line.get("kind") == "monitor_start" and line.get("degraded"):
            missing = [probe for probe in line.get("probes", []) if not probe.get("attached") and probe.get("loses")]
            yield f"kmodwatch watched without all its probes: {_brief(missing or line)}"


class Unmet(Exception):
    """A pattern that no line fits."""


def _read(case, number, text):
    try:
        return json.loads(text)
    except ValueError as error:
        raise case.wrong(number, f"the pattern is not JSON: {error}") from None


def _in_order(patterns, lines, bound, allowance):
    """Where a skip explains a missing line, its pattern is left out. Where that leads nowhere, so is one before it that took
    another's line."""
    at = index = tries = 0
    choices, excused, why = [], [], None
    while at < len(patterns):
        number, wanted = patterns[at]
        try:
            now = _met(number, wanted, lines, index, bound)
        except Unmet as unmet:
            program = allowance.take(wanted)
            why = why or unmet
            if not program and (not choices or tries >= TRIES):
                raise why from None
            if not program:
                tries += 1
                at, index, bound, count = choices.pop()
                while len(excused) > count:
                    allowance.give_back(excused.pop())
                program = allowance.take(patterns[at][1])
            excused.append(program)
        else:
            if allowance.may_miss(wanted):
                choices.append((at, index, bound, len(excused)))
            index, bound = index + 1, now
        at += 1
    return lines[index:], bound


def _met(number, wanted, lines, index, bound):
    if index >= len(lines):
        raise Unmet(f"no line left for the pattern in line {number}: {_brief(wanted)}")
    try:
        return pattern.match(wanted, lines[index], bound)
    except pattern.Mismatch as mismatch:
        raise Unmet(_explain(number, wanted, lines[index], mismatch)
                    + _elsewhere(wanted, lines[index + 1:], bound)) from None


def _elsewhere(wanted, later, bound):
    for index, line in enumerate(later, 1):
        try:
            pattern.match(wanted, line, bound)
            return f"\n(it does fit {index} line(s) later: extra lines, or the wrong order)"
        except pattern.Mismatch:
            pass
    return ""


def _among(patterns, lines, bound, allowance):
    """Each pattern takes one of the lines, and nothing is said of the others."""
    sharing = Sharing(patterns, lines, allowance)
    names = sharing.find(bound, every=False)
    if names is None:
        raise Unmet(_unshared(sharing))
    return [], names


def _any_order(patterns, lines, bound, allowance):
    """Each pattern takes one of the next lines: of as many as there are patterns, or fewer where skips explain that."""
    fewest = max(0, len(patterns) - len(lines))
    most = min(sum(allowance.may_miss(wanted) for _, wanted in patterns), sum(allowance.left.values()))
    why = None
    for missing in range(fewest, max(fewest, most) + 1):
        count = len(patterns) - missing
        sharing = Sharing(patterns, lines[:count], allowance)
        names = sharing.find(bound, every=True)
        if names is not None:
            return lines[count:], names
        why = why or _unshared(sharing)
    raise Unmet(why)


def _unshared(sharing):
    number = sharing.missing[0]
    wanted, closest = sharing.wanted[number], None
    for line in (sharing.lines[index] for index in sharing.free):
        try:
            pattern.match(wanted, line, sharing.names)
        except pattern.Mismatch as mismatch:
            if closest is None or mismatch.matched > closest[0].matched:
                closest = mismatch, line
    words = (_explain(number, wanted, closest[1], closest[0]) if closest else
             f"no line left for the pattern in line {number}: {_brief(wanted)}")
    return words + ("\n(not all that names could stand for was tried: too much)" if sharing.too_many else "")


def _explain(number, wanted, line, mismatch):
    return (f"the pattern in line {number} is not met: {mismatch}\n"
            f"  pattern: {_brief(wanted)}\n  closest: {_brief(line)}")


def _brief(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 1500 else text[:1500] + "…"
