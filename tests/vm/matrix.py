# SPDX-License-Identifier: BSD-2-Clause
"""Runs cases on kernels: groups them into boots, some boots at a time, and judges what comes back."""
import fcntl
import shutil
import tarfile
import threading
import time
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import boot
import image
from judge import judge, judge_session
from place import RUNS, Trouble

AT_ONCE = 3          # on two cores: cases wait more than they work. A guest with a thread for each CPU is as two
WORTH_SPLITTING = 20 # cases: below that, another boot costs more than it saves
SLOWEST_CASE = 240   # seconds; a guest gets this once, and the usual time for each case
USUAL_CASE = 15


class Matrix:
    def __init__(self, kernels, cases, out, every=True):
        """every: each case on each kernel, whatever its `rows` says."""
        self.kernels, self.cases, self.out, self.every = kernels, cases, out, every
        self.passed, self.failed = defaultdict(int), defaultdict(list)  # by row
        self.lock = threading.Lock()

    def run(self):
        """True when all passed, and there was at least one."""
        boots = [job for kernel in self.kernels for job in self._boots(kernel)]
        boots.sort(key=lambda job: -len(job[1]))  # the longest first, so that the end is not waiting for one
        RUNS.mkdir(parents=True, exist_ok=True)
        with open(RUNS / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another run at the same time would write into the same folders
            for kernel in self.kernels:
                image.base(kernel)
                shutil.rmtree(RUNS / f"matrix-{kernel.row}", ignore_errors=True)
            multi, single = (deque(job for job in boots if (job[2].threads == "multi") == wanted)
                             for wanted in (True, False))
            with ThreadPoolExecutor(AT_ONCE) as pool:
                workers = [pool.submit(self._work, single)]
                self._work(multi)
                workers += [pool.submit(self._work, single) for _ in range(AT_ONCE - 1)]
                for worker in workers:
                    worker.result()
        passed, failed = sum(self.passed.values()), sum(self.failed.values(), [])
        self.out.writelines(["What failed:\n", *failed] if failed else [])  # a log's end is what is read
        self.out.write(f"{passed} passed, {len(failed)} failed\n")
        return passed > 0 and not failed

    def table(self):
        """What became of each row, for README.md."""
        yield "| row | kernel | cases | failed | date |"
        yield "| --- | --- | --- | --- | --- |"
        for kernel in self.kernels:
            passed, failed = self.passed[kernel.row], len(self.failed[kernel.row])
            yield f"| {kernel.row} | {kernel.version} | {passed + failed} | {failed} | {time.strftime('%Y-%m-%d')} |"

    def _work(self, boots):
        while job := taken(boots):
            self._boot(*job)

    def _boots(self, kernel):
        groups = defaultdict(list)
        left_out = [case.name for case in self.cases if not self.every and case.is_left_out(kernel.row)]
        if left_out:
            self.out.write(f"left out on {kernel.row}, to save time (matrix --every runs them): {' '.join(left_out)}\n")
        for case in self.cases:
            if case.runs_on(kernel) and case.name not in left_out:
                here = case.on(kernel)
                groups[here.needs].append(here)
        number = 0
        for needs, cases in groups.items():
            parts = AT_ONCE if len(cases) >= WORTH_SPLITTING else 1
            for part in range(parts):
                yield kernel, cases[part::parts], needs, RUNS / f"matrix-{kernel.row}" / f"boot-{number}"
                number += 1

    def _boot(self, kernel, cases, needs, folder):
        tries = boot.TRIES
        while not self._boot_once(kernel, cases, needs, folder, tries == 1):
            tries -= 1

    def _boot_once(self, kernel, cases, needs, folder, last_try):
        """False: the emulator's own fault, before any verdict, so try again."""
        waiting = {f"{number:03d}-{case.name}": case for number, case in enumerate(cases)}
        limit = SLOWEST_CASE + USUAL_CASE * len(cases)
        with boot.Machine(kernel, folder, {"MODE": "cases"}, cases=cases, args=needs.args, smp=needs.smp,
                          threads=needs.threads, limit=limit) as machine:
            last = time.monotonic()
            for name in receive(machine.ports["results"], folder):
                now = time.monotonic()
                if name in waiting:
                    case = waiting.pop(name)
                    self._report(kernel, case.name, folder / name, now - last,
                                 lambda: judge(case, folder / name, kernel.release, preempts=kernel.preempts))
                else:
                    self._report(kernel, name, folder / name, now - last,
                                 lambda: judge_session(folder / name, kernel.release, kernel.preempts))
                last = now
            died = machine.wait() is None
            if machine.emulators_fault() and len(waiting) == len(cases) and not last_try:
                with self.lock:
                    self.out.write(f"{kernel.row} boot tried again: {machine.complaint()}\n")
                return False
            if died:
                self._say(kernel, "boot", 0, [machine.complaint()])
            for case in waiting.values():
                self._say(kernel, case.name, 0, ["no verdict: see what is said of the boot"])
        return True

    def _report(self, kernel, name, folder, seconds, judged):
        try:
            faults = judged()
        except Trouble as trouble:
            faults = [str(trouble)]
        except Exception as error:  # one case's fault, and not the end of its boot's others
            faults = [f"the judge failed: {error!r}"]
        self._say(kernel, name, seconds, faults, folder)

    def _say(self, kernel, name, seconds, faults, folder=None):
        text = f"{kernel.row} {name} {'FAILED' if faults else 'ok'} ({seconds:.1f} s)\n"
        for fault in faults:
            text += "".join(f"    {line}\n" for line in fault.splitlines())
        if faults and folder:
            text += f"    all of it: {folder}\n"
        with self.lock:
            self.passed[kernel.row] += not faults
            self.failed[kernel.row] += [text] if faults else []
            self.out.write(text)
            self.out.flush()


def taken(jobs):
    """The next of them; None: there is no more."""
    with suppress(IndexError):
        return jobs.popleft()


def receive(pipe, folder):
    """Unpack the tars that the guest sends one after another; yields a case's name when it is whole."""
    try:
        with tarfile.open(fileobj=pipe, mode="r|", bufsize=512, ignore_zeros=True) as stream:
            for member in stream:
                name = member.name.rstrip("/")
                target = folder / name
                if ".." in name.split("/") or name.startswith("/"):
                    continue
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                elif member.isfile():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(stream.extractfile(member).read())
                    if target.name == "verdict":
                        yield target.parent.name
    except (tarfile.ReadError, OSError):
        pass  # the guest died while it was sending: the cases without a verdict tell
