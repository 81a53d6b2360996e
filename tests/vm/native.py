# SPDX-License-Identifier: BSD-2-Clause
"""Cases that run on this machine's own kernel, without a VM: what a kernel without modules still shows."""
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

from case import Case
from judge import judge
from place import GUEST, MONITOR, RUNS, TOP, Trouble


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
    # as in a guest, but for where the helpers are and who sleeps
    helpers = "usleep() { busybox usleep \"$@\"; }\n" + (GUEST / "monitor.sh").read_text() + "".join(
        line for line in (GUEST / "helpers.sh").read_text().splitlines(True) if not line.startswith(". /"))
    script = folder / "script"
    script.write_text(f"{helpers}\n# ---- {case.name}\n{case.script}")
    environment = dict(os.environ, OUT=str(folder), PATH=f"{MONITOR.parent}:/usr/sbin:/usr/bin:/sbin:/bin")
    with open(folder / "script.out", "w") as stdout, open(folder / "script.err", "w") as stderr:
        done = subprocess.run(["dash", "-u", str(script)], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                              stdout=stdout, stderr=stderr, timeout=60)
    (folder / "script.exit").write_text(f"{done.returncode}\n")
    (folder / "verdict").write_text("done\n")
    return judge(case, folder, release)
