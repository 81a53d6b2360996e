# SPDX-License-Identifier: BSD-2-Clause
"""What a kernel may skip, and what that leaves of the lines: the one place of the judge that allows for it.

A kernel that preempts in the kernel (7.x as it comes) skips a program for every thread on a CPU where another thread was
preempted in it. kmodwatch counts that and tells it. N skips of a program that were told may stand for N lines that it
makes, where anyone can cause them, and for what it would have said in N others. A load or an unload by who may is
always a line.
"""
import functools
import json
from collections import Counter
from dataclasses import dataclass

import pattern

SINCE = (7, 0)  # Debian's kernels preempt in the kernel by default
LINES = {"tool_exec": ("process_exec",), "module_request": ("module_request",), "module_coming": ("module_load",)}
CALLS = {"module_load": ("init_module", "finit_module"), "module_unload": ("delete_module",)}
RETURNS = tuple(f"{compat}{call}_return" for calls in CALLS.values() for call in calls for compat in ("", "compat_"))


def may_skip(release, args=""):
    return release >= SINCE or "preempt=full" in args


def is_told(line):
    return line.get("kind") == "events_lost" and line.get("what") == "skipped probe"


def makers(wanted):
    """The programs of which one, had it been skipped, would explain that there is no line for this pattern."""
    kind = wanted.get("kind")
    if kind in CALLS and wanted.get("outcome") == "failure" and _may_not(wanted.get("process")):
        syscall = wanted.get("syscall")
        name = syscall.get("name") if isinstance(syscall, dict) else None
        calls = [call for call in CALLS[kind] if name in (None, call)]
        return tuple(f"{compat}{call}_return" for call in calls for compat in ("", "compat_"))
    return LINES.get(kind, ())


def _may_not(process):
    """The pattern says itself that the caller may neither load nor unload."""
    if not isinstance(process, dict):
        return False
    uid, capable = process.get("uid"), process.get("cap_sys_module")
    return capable is False or (capable is None and type(uid) is int and uid != 0)


@dataclass(frozen=True)
class Part:
    """What lines say by means of some programs: how a line looks that had to do without, and which keys are open then."""
    programs: tuple
    lacks: callable
    keys: tuple
    unit: callable = id  # what one skip can be the cause of

    def open(self, line):
        return functools.reduce(_open, self.keys, line)


def _open(line, path):
    key, *rest = path
    return {**line, key: _open(line[key], rest) if rest else pattern.ANYTHING}


def _no_requester(line):
    return (line.get("kind") in ("tool_exec", "module_load") and line.get("requested_by") is None
            and isinstance(line.get("process"), dict))


def _no_image(line):
    source = line.get("source")
    return line.get("kind") == "module_load" and not (isinstance(source, dict) and source.get("sha256"))


def _no_abi(line):
    syscall = line.get("syscall")
    return isinstance(syscall, dict) and syscall.get("abi", "") in (None, pattern.ANYTHING)


PARTS = (
    Part(RETURNS, _no_abi, (("syscall", "abi"),)),
    # all that one helper does lacks the requester when his way to it was cut
    Part(("process_exec", "process_fork", "module_request", "helper_wanted", "helper_begins"), _no_requester, (("requested_by",),),
         lambda line: line["process"]["pid"]),
    # where a failed call stopped, and the name of its module, are known from its image too
    Part(("read_file", "load_data", "post_read_file", "post_load_data"), _no_image, (("source",),)),
    Part(("read_file", "load_data", "post_read_file", "post_load_data"),
         lambda line: _no_image(line) and line.get("outcome") == "failure", (("stage",), ("module",))),
)


class Allowance:
    """What the skips that lines tell of allow for. On a kernel that never skips, a skip that is told is a fault."""

    def __init__(self, lines, allowed):
        told = [line for line in lines if is_told(line)]
        self.faults = [] if allowed else [f"this kernel skipped a program: {json.dumps(line)}" for line in told]
        self.left = Counter()
        for line in told if allowed else []:
            self.left[line.get("probe")] += line.get("count") or 0
        self.told = Counter(self.left)
        # of the two records that say how a call ended, the one that knows the ABI may be the one that was lost
        self.lost_ends = sum(line.get("count") or 0 for line in lines if line.get("kind") == "events_lost"
                             and line.get("what") in ("result", "module_load or module_unload"))

    @property
    def returns(self):
        return sum(self.told[program] for program in RETURNS) + self.lost_ends

    def may_miss(self, wanted):
        return any(self.left[program] for program in makers(wanted))

    def take(self, wanted):
        """Uses up a skip that explains that there is no line for this pattern: the program's name, or None."""
        for program in makers(wanted):
            if self.left[program]:
                self.left[program] -= 1
                return program
        return None

    def give_back(self, program):
        self.left[program] += 1

    def opened(self, lines, patterns, bound):
        """The lines, where what they could not say fits anything. A call whose return was skipped is told up to a second later:
        it stands where its time puts it."""
        if not self.told:
            return lines
        lines = list(lines)
        strange = [index for index, line in enumerate(lines) if not any(pattern.fits(one, line, bound) for one in patterns)]
        for part in PARTS:
            lacking = [index for index in strange if part.lacks(lines[index])]
            if len({part.unit(lines[index]) for index in lacking}) <= sum(self.told[one] for one in part.programs):
                for index in lacking:
                    lines[index] = part.open(lines[index])
        late = [line for line in lines if _no_abi(line)]
        lines = [line for line in lines if not _no_abi(line)]
        for line in late:
            later = (at for at, other in enumerate(lines) if str(other.get("time")) > str(line.get("time")))
            lines.insert(next(later, len(lines)), line)
        return lines
