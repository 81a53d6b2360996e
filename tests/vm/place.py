# SPDX-License-Identifier: BSD-2-Clause
"""Where things are, and the one kind of error that the user is meant to read."""
import errno
import os
import re
import shutil
import subprocess
import sys
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
# What was fetched and checked, and never what was built: pristine roots share it.
DOWNLOADS = TOP / "build" / "downloads"


# A warning fails the tests' build, but not that of a user who only wants to see events, with a newer compiler than ours.
STRICT = ["-Werror"] if os.environ.get("WERROR") else []


class Trouble(Exception):
    """One sentence: the cause, and how to fix it."""


def need(program, package):
    """The path of a host program, or a sentence that says which package has it."""
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        raise Trouble(f"{program} is missing on this machine: install it with `apt-get install {package}`")
    return found


def run(command, mend="", **options):
    """Run a host command, in English; where it fails, what it said becomes the sentence, with the fix that the caller knows."""
    options.setdefault("env", dict(os.environ, LC_ALL="C"))  # MENDS knows what programs say in English
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    if done.returncode:
        words = " ".join(str(word) for word in command[:2])
        raise Trouble(f"`{words}` failed with {done.returncode}: {cause(done.stderr or done.stdout, mend)}")
    return done.stdout


# What programs say when it is the machine's fault, and what helps.
MENDS = (
    (r"No space left on device|enough free space", "the disk is full: free some space for {top}"),
    (r"Could not resolve|Temporary failure|Failed to fetch|Unable to connect|Could not connect|Network is unreachable",
     "the mirror cannot be reached: check the network with `apt-get update`"),
    (r"Permission denied|Operation not permitted|are you root", "this needs root: run it as root"),
)


def cause(said, mend=""):
    """The line of a program's words that tells most, and the fix."""
    lines = [line.strip() for line in said.strip().splitlines()] or ["it said nothing"]
    telling = next((line for line in lines if re.search(r"(?i)\berror\b|^E: |No space left", line)), lines[-1])
    known = next((words.format(top=TOP) for pattern, words in MENDS if re.search(pattern, said)), mend)
    return f"{telling} ({known})" if known else telling


class Steps:
    """What takes long, each as one numbered line on stderr. STEP=4/5 in the environment is the number of the next one."""

    def __init__(self):
        self.number, _, self.total = os.environ.get("STEP", "").partition("/")

    def say(self, words):
        print(f"{self.number}/{self.total} {words}" if self.total else f"   {words}", file=sys.stderr, flush=True)

    def next(self):
        if self.total:
            self.number = str(int(self.number) + 1)


steps = Steps()


def main(program, call):
    """The call's status; trouble is one sentence on stderr, and 2."""
    try:
        return call() or 0
    except Trouble as trouble:
        words = str(trouble)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        words = cause(f"{error.strerror}: {error.filename or BUILD}", f"can {BUILD} be written to?")
    except KeyboardInterrupt:
        return 130
    print(f"{program}: {words}", file=sys.stderr)
    return 2
