# SPDX-License-Identifier: BSD-2-Clause
"""Where things are, and the one kind of error that the user is meant to read."""
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
GUEST = HERE / "guest"                  # what runs inside: init, act.c
CASES = HERE / "cases"
MONITOR = Path(os.environ.get("KMODWATCH", TOP / "build" / "kmodwatch")).resolve()  # the program under test
BUILD = TOP / "build" / "vm"            # everything this tool writes
KERNELS = BUILD / "kernels"
IMAGES = BUILD / "images"
RUNS = BUILD / "runs"


class Trouble(Exception):
    """One sentence: the cause, and how to mend it."""


def need(program, package):
    """The path of a host program, or a sentence that says which package has it."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Trouble(f"{program} is missing on this machine: install it with `apt-get install {package}`")
    return found


def run(command, **options):
    """Run a host command; its stderr becomes the sentence when it fails."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise Trouble(f"`{command[0]} {command[1] if len(command) > 1 else ''}` failed with {done.returncode}: {last}")
    return done.stdout
