# SPDX-License-Identifier: BSD-2-Clause
"""Verdict against fact: random rule sets, loaded with the real auditctl, acted upon, and what auditd recorded."""
import io
import json
import os
import shutil
import sys
import threading

import guestroot  # noqa: F401  (sets the path)
import boot
import live
from guestroot import Pack
from place import RUNS, Trouble

ARCHES = {"c000003e": "64", "40000003": "32"}
NUMBERS = {("64", 175): "init", ("64", 313): "finit", ("64", 176): "delete", ("64", 59): "exec",
           ("32", 128): "init", ("32", 350): "finit", ("32", 129): "delete", ("32", 11): "exec"}


def run_guest(kernel, job, files, args="", limit=1800):
    """Boots, runs one function of guest.sh, and gives its lines; its messages go to stderr."""
    lines = io.BytesIO()
    with boot.Machine(kernel, RUNS / f"audit-{kernel.row}-{os.getpid()}", {"MODE": "audit", "JOB": job},
                      cases=[Pack(files)], args="audit=1 audit_backlog_limit=8192 " + args, limit=limit) as machine:
        pumps = [threading.Thread(target=live.pump, args=(machine.ports[name], out), daemon=True)
                 for name, out in (("stdout", lines), ("stderr", sys.stderr.buffer))]
        for thread in pumps:
            thread.start()
        for thread in pumps:
            thread.join()
        if machine.wait() is None:
            if not lines.tell():
                raise Trouble(machine.complaint())
            print(machine.complaint().splitlines()[0], file=sys.stderr)  # what came is judged, what did not is missed
    shutil.rmtree(machine.folder)
    return lines.getvalue().decode(errors="replace").splitlines()


def group(lines):
    """The guest's lines, by rule set."""
    current = None
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "SET":
            current = {"name": rest, "acts": {}, "seen": set(), "lost": False, "profiles": {}, "fixes": []}
        elif current is None:
            continue
        elif word == "LOADED":
            current["loaded"] = int(rest)
        elif word in ("DISK", "RUNNING"):
            current.setdefault(word.lower(), []).append(rest)
        elif word == "ACT":
            act, pid = rest.split()
            current["acts"][act] = int(pid)
        elif word == "SEEN":
            pid, arch, number = rest.split()
            what = NUMBERS.get((ARCHES.get(arch), int(number)))
            if what:
                current["seen"].add((int(pid), what, ARCHES[arch]))
        elif word == "PROFILE":
            profile, _, text = rest.partition(" ")
            current["profiles"][profile] = text
        elif word == "FIX":
            current["fixes"].append(rest)
        elif word == "LOST":
            current["lost"] = True
        elif word == "END":
            yield current
            current = None


def was_seen(one, act):
    """Whether the act's own call is among the records."""
    name = act.split("-")[1]
    what = "exec" if name.rstrip("0123456789") in ("insmod", "rmmod", "kmod") else name.rstrip("0123456789")
    return (one["acts"][act], what, name[-2:]) in one["seen"]


class Tally:
    def __init__(self):
        self.sets = self.acts = self.recorded = self.covered = self.unsure = self.wrong = 0
        self.verdicts = {}


def compare(one, text, tally):
    """Disagreements of one set, as sentences."""
    trouble = []
    if one["lost"]:
        trouble.append("auditd's log never showed the end mark")
    results = {}
    for side in ("disk", "running"):
        requirements = []
        for line in one.get(side, []):
            try:
                result = json.loads(line)
            except ValueError:
                trouble.append(f"{side}: {line}")
                continue
            if result.get("requirements_truncated"):
                trouble.append(f"{side}: the result was cut")
            requirements += result["requirements"]
        results[side] = requirements
        judged = {requirement["id"] for requirement in requirements}
        missing = [act for act in one["acts"] if act not in judged]
        if missing or not one["acts"]:
            trouble.append(f"{side}: {len(missing)} acts were not judged, such as {missing[:1]}")
    tally.sets += 1
    for side, requirements in results.items():
        loose = "task" in text  # what a task was when it was made is no part of the requirement
        complete = {}
        for requirement in requirements:
            for target in requirement["targets"]:
                verdict = target[side]["verdict"]
                if requirement["id"] not in one["acts"]:
                    complete[(target.get("syscall") or target["path"], target["abi"])] = verdict
                    continue
                seen = was_seen(one, requirement["id"])
                tally.acts += 1
                tally.recorded += seen
                tally.verdicts[verdict] = tally.verdicts.get(verdict, 0) + 1
                if verdict in ("unknown", "narrowed"):
                    tally.unsure += 1
                    if not loose:
                        trouble.append(f"{side}: {requirement['id']}: {verdict} ({target[side].get('reason')}), though all is "
                                       f"known; recorded: {seen}")
                elif (verdict == "covered") != seen:
                    tally.wrong += 1
                    trouble.append(f"{side}: {requirement['id']}: {verdict} ({target[side].get('reason')}, by "
                                   f"{target[side].get('by')}), recorded: {seen}")
        trouble += compare_complete(one, side, complete, text)
    return trouble


SHORT = {"init_module": "init", "finit_module": "finit", "delete_module": "delete", "/sbin/insmod": "insmod",
         "/sbin/rmmod": "rmmod", "/bin/kmod": "kmod"}


def compare_complete(one, side, complete, text):
    """The profile's own targets: covered means every act, and every verdict but two means none."""
    trouble = []
    for (what, abi), verdict in complete.items():
        if what not in SHORT:
            continue
        name = SHORT[what] + ("64" if abi == "x86_64" else "32")
        acts = [act for act in one["acts"] if act.split("-")[1] == name]
        seen = [was_seen(one, act) for act in acts]
        if not seen:
            continue
        if verdict == "covered" and not all(seen):
            trouble.append(f"{side}: complete: {what} ({abi}) is covered, but {seen}")
        if verdict not in ("covered", "narrowed", "unknown") and any(seen):
            trouble.append(f"{side}: complete: {what} ({abi}) is {verdict}, but {seen}")
    return trouble
