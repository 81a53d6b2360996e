# SPDX-License-Identifier: BSD-2-Clause
"""The lines that the programs are given, as a guest wrote them, and what Python's JSON makes of them."""
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
KERNEL = "6.1"
FILE = TOP / "build" / "consumers" / "lines.jsonl"
# What may stand between the lines: words of the service manager, of kmodwatch's stderr, and half a line.
FOREIGN = (b"Started kmodwatch.service - Kernel module load monitor.", b"kmodwatch: watching with 33 probes",
           b'{"schema":2,"kind":"module_load"', b"")

sys.path.insert(0, str(TOP / "tests" / "vm"))
from place import run  # noqa: E402


def record():
    FILE.parent.mkdir(parents=True, exist_ok=True)
    script = (HERE / "lines.sh").read_text(encoding="ascii")
    FILE.write_text(run([sys.executable, "-B", TOP / "tests/vm/run", "exec", "--kernel", KERNEL, "--", script]), encoding="utf-8")
    found = events()
    hostile = sum("forged" in json.dumps(event) for event in found)
    longest = max(map(len, raw()))
    if hostile < 6 or longest < 7500:
        raise SystemExit(f"{FILE}: the guest wrote {len(found)} lines, {hostile} of them hostile; the longest has {longest} bytes")


def data():
    return FILE.read_bytes()


def raw():
    return data().split(b"\n")[:-1]


def events():
    return [json.loads(line) for line in raw()]


def mixed():
    """All lines, with others in between."""
    return b"".join(line + b"\n" for number, own in enumerate(raw()) for line in (FOREIGN[number % len(FOREIGN)], own))


def at(event, path):
    """The value at a path, as `process.uid` or `process.argv[0]`; None where there is none."""
    for key in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(event, list):
            event = event[int(key)] if int(key) < len(event) else None
        else:
            event = event.get(key) if isinstance(event, dict) else None
    return event
