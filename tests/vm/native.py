# SPDX-License-Identifier: BSD-2-Clause
"""Cases that run on this machine's own kernel, without a VM: what a kernel without modules still shows."""
import fcntl
import os
import platform
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import own
from case import Case
from judge import judge
from place import GUEST, MONITOR, RUNS, TOP, Trouble, need

LIMIT = 300  # seconds for a script, on a machine with more to do than it can
# Another user who may still enter the folders that we are in, whoever they belong to.
AS_OURS = "--clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override"


def run(out):
    """True when all of tests/native passed, and there was at least one."""
    cases = [Case(path) for path in sorted((TOP / "tests" / "native").glob("*.case"))]
    if os.geteuid():
        raise Trouble("the native cases load BPF programs: run them as root")
    release = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", platform.release()).groups())
    if Path("/proc/modules").exists():
        out.write("native without-modules left out: this kernel can load modules\n")
        cases = [case for case in cases if case.name != "without-modules"]
    passed = 0
    (RUNS / "native").mkdir(parents=True, exist_ok=True)
    with open(RUNS / "native" / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run at the same time would write into the same folders
        for case in cases:
            folder = RUNS / "native" / case.name
            faults = _run(case, folder, release)
            passed += not faults
            out.write(f"native {case.name} {'FAILED' if faults else 'ok'}\n")
            for fault in faults:
                out.write("".join(f"    {line}\n" for line in fault.splitlines()))
    out.write(f"{passed} passed, {len(cases) - passed} failed\n")
    return 0 < passed == len(cases)


def _run(case, folder, release):
    shutil.rmtree(folder, ignore_errors=True)
    work = folder / "work"
    work.mkdir(parents=True)
    # as in a guest, but for where the helpers are, who sleeps, and that there are others on the machine
    helpers = (
        "usleep() { busybox usleep \"$@\"; }\n"
        f"uid=$(({own.FIRST_UID} + $$))\n"
        f"ours=\"{need('setpriv', 'util-linux')} --reuid=$uid {AS_OURS}\"\n" + (GUEST / "monitor.sh").read_text() +
        "".join(line for line in (GUEST / "helpers.sh").read_text().splitlines(True) if not line.startswith(". /")))
    script = folder / "script"
    script.write_text(f"{helpers}\n# ---- {case.name}\n{case.script}")
    pid, status = _play(folder, work, script)
    (folder / "script.exit").write_text(f"{status}\n")
    (folder / "verdict").write_text("done\n")
    return judge(case, folder, release, own.Own(pid))


def _play(folder, work, script):
    """The script's pid, and how it ended. Nothing of it is left running."""
    environment = dict(os.environ, OUT=str(folder), PATH=f"{MONITOR.parent}:/usr/sbin:/usr/bin:/sbin:/bin")
    with open(folder / "script.out", "w") as stdout, open(folder / "script.err", "w") as stderr:
        process = subprocess.Popen(["dash", "-u", str(script)], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=stdout, stderr=stderr, start_new_session=True)
        try:
            return process.pid, process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            stderr.write(f"it was still running after {LIMIT} s\n")
            return process.pid, "no status"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
