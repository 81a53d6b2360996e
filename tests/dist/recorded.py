# SPDX-License-Identifier: BSD-2-Clause
"""The lines that the documents show: as they are recorded, and as a guest writes them now."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FOLDER = TOP / "tests" / "dist" / "examples"
KERNEL = "6.1"
COLUMNS = 110  # of the terminal that text is recorded on

# What differs from run to run, from one build of the kernel or the modules to the next, or from machine to machine.
VOLATILE = set("""seq id time boot boot_ns version kernel_release pid tid ppid start_time duration_ns mnt user inode size mtime ctime sha256
               key_id srcversion since count blind_ns records""".split())
RELEASE = re.compile(r"\b\d+\.\d+\.\d+-[\w.+-]*amd64")
WORKER = re.compile(r"^kworker/.*")
MARK = "---- output of the command before ----"


def recorded(name):
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def is_volatile(key, value):
    return key in VOLATILE and isinstance(value, (str, int)) and not isinstance(value, bool)


def masked(value):
    """The value without what differs from run to run; null stays, since it says something."""
    if isinstance(value, dict):
        return {key: type(item).__name__ if is_volatile(key, item) else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return WORKER.sub("kworker", RELEASE.sub("RELEASE", value))
    return value


def merge(old, new):
    """The new value, but with the old one's wherever they differ only in what differs from run to run."""
    if masked(old) == masked(new):
        return old
    if isinstance(old, dict) and isinstance(new, dict):
        return {key: old[key] if key in old and is_volatile(key, item) and is_volatile(key, old[key])
                else merge(old[key], item) if key in old else item for key, item in new.items()}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [merge(*pair) for pair in zip(old, new)]
    return new


def merged(before, lines):
    """Each line with the old values of the one of its kind before, the first with the first."""
    left = {}
    for line in before:
        left.setdefault(line["kind"], []).append(line)
    return [merge(left[line["kind"]].pop(0), line) if left.get(line["kind"]) else line for line in lines]


def recorded_text():
    return (FOLDER / "scene.txt").read_text(encoding="utf-8").splitlines()


def masked_text(line):
    """The same of a line of text. How a kernel thread is called decides how much of what it executes is shown."""
    line = re.sub(r"^\w+, \d+ \w+ \d{4}, UTC$", "DATE", re.sub(r"^\d\d:\d\d:\d\d ", "TIME ", line))
    return RELEASE.sub("RELEASE", re.sub(r"kworker/\S+: \[.*?\]", "kworker: [...]", line))


def merged_text(before, lines):
    return [old if masked_text(old) == masked_text(new) else new for old, new in zip(before, lines)] + lines[len(before):]


def kinds_of(lines):
    return " ".join(line["kind"] for line in lines)


def vm(*words):
    command = [TOP / "tests" / "vm" / "run", *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"tests/vm/run {words[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr}")
    return done.stdout


def run_scene():
    return [json.loads(line) for line in vm("scene", "--kernel", KERNEL).splitlines()]


def run_text():
    """What the scene shows on a terminal, without colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 25, COLUMNS, 0, 0))
    command = [TOP / "tests" / "vm" / "run", "scene", "--kernel", KERNEL]
    environment = dict(os.environ, NO_COLOR="1", TZ="UTC", COLUMNS=str(COLUMNS))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:  # nobody has the terminal any more
            pass
    os.close(ours)
    return shown.decode().splitlines()


def run_guest(commands):
    """The lines of kinds.sh, and the lines that each of the commands printed after it, whatever it ended with."""
    script = (FOLDER / "kinds.sh").read_text(encoding="utf-8")
    script += "mkdir -p /etc/audit/rules.d\n"
    script += "".join(f"echo '{MARK}'\n{command}\n" for command in commands) + "true\n"
    lines, *outputs = vm("exec", "--kernel", KERNEL, "--", script).split(MARK + "\n")
    return [json.loads(line) for line in lines.splitlines()], [output.splitlines() for output in outputs]
