# SPDX-License-Identifier: BSD-2-Clause
"""Boots whose output is passed on as it comes: one command, a scripted scene, or a prompt on the terminal."""
import os
import shutil
import sys
import threading
import time

import boot
from matrix import receive
from place import RUNS, Trouble


def pump(source, target):
    """Copy as it comes, without waiting for a full buffer. A reader that has gone away stops nothing."""
    gone = False
    while data := source.read(65536):
        if not gone:
            try:
                target.write(data)
                target.flush()
            except BrokenPipeError:
                gone = True


def session(kernel, job, take=None, **needs):
    """Boot, pass on what the guest writes, and end with the status that it reports."""
    folder = RUNS / f"{job['MODE']}-{kernel.row}-{os.getpid()}"
    with boot.Machine(kernel, folder, job, **needs) as machine:
        pumps = [threading.Thread(target=pump, args=(machine.ports[name], out), daemon=True)
                 for name, out in (("stdout", sys.stdout.buffer), ("stderr", sys.stderr.buffer))]
        for thread in pumps:
            thread.start()
        if take:
            take(machine.ports["results"])
        for thread in pumps:
            thread.join()
        if machine.wait() is None:
            raise Trouble(machine.complaint())
    shutil.rmtree(folder)  # it is kept, console and all, when something went wrong
    return machine.status


def execute(kernel, command, **needs):
    """One shell command; its status is the result."""
    return session(kernel, {"MODE": "exec", "COMMAND": command}, **needs)


def copy_out(kernel, paths, target, **needs):
    """Copy files out of a freshly booted guest."""
    def take(results):
        target.mkdir(parents=True, exist_ok=True)
        for _ in receive(results, target):
            pass
    job = {"MODE": "copy-out", "PATHS": "\n".join("./" + path.lstrip("/") for path in paths)}
    return session(kernel, job, take, **needs)


def terminal():
    """What our terminal is like, for text in the guest: its size, colours as kmodwatch decides on them, the local time."""
    columns, rows = shutil.get_terminal_size()
    name = os.environ.get("TERM", "")
    colour = sys.stdout.isatty() and name not in ("", "dumb") and not os.environ.get("NO_COLOR")
    now = time.localtime()
    minutes = now.tm_gmtoff // 60  # east of Greenwich; POSIX counts to the west
    zone = f"<{now.tm_zone}>{'-' if minutes >= 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
    return {"ROWS": rows, "COLUMNS": columns, "TERMINAL": name or "linux", "COLOR": "always" if colour else "never",
            "ZONE": zone}


def scene(kernel):
    """Events on stdout, all else on stderr: text on a terminal, else JSON. With a terminal on both sides, a prompt instead of
    a script."""
    if not sys.stdout.isatty():
        return session(kernel, {"MODE": "scene", "FORMAT": "json"})
    if sys.stdin.isatty():
        return shell(kernel, monitor=True)
    return session(kernel, {"MODE": "scene", "FORMAT": "text", **terminal()})


def shell(kernel, monitor=False, args="", smp=2):
    """A prompt on the guest's serial console, which is our terminal."""
    job = {"MODE": "shell", "MONITOR": "yes" if monitor else "no", **terminal()}
    return session(kernel, job, args=args, smp=smp, limit=None, interactive=True)
