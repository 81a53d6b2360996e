# SPDX-License-Identifier: BSD-2-Clause
"""A file of lines that logrotate copies and empties while kmodwatch writes to it."""
import json
import shutil
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import lines  # noqa: F401  (sets the path)
import room
from place import MONITOR
from room import await_that

RULE = "/var/log/kmodwatch.jsonl {\n\tcopytruncate\n\trotate 1\n}\n"


class Logrotate(unittest.TestCase):
    def setUp(self):
        self.room = room.room()
        self.room.fresh()
        self.room.path("etc/logrotate.conf").write_text(RULE)
        self.file = self.room.path("var/log/kmodwatch.jsonl")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tool = Path(folder.name) / "insmod"  # what is executed under this name makes a line, on any kernel
        shutil.copy("/bin/true", self.tool)

    def watch(self):
        """Its stdout as a shell's `>` opens it."""
        with open(self.file, "wb") as out, open(self.room.path("tmp/said"), "wb") as said:
            monitor = subprocess.Popen([MONITOR, "--format", "json", "-v"], stdin=subprocess.DEVNULL, stdout=out, stderr=said)
        self.addCleanup(monitor.wait)
        self.addCleanup(monitor.kill)
        await_that(lambda: monitor.poll() is not None or b"watching" in self.room.path("tmp/said").read_bytes(), "kmodwatch watches")
        if monitor.poll() == 2:
            self.skipTest(self.room.path("tmp/said").read_text())
        return monitor

    def run_tool(self, word):
        subprocess.run([self.tool, word], check=True)
        await_that(lambda: word.encode() in self.file.read_bytes(), f"the line of `insmod {word}`")

    def test_copytruncate(self):
        monitor = self.watch()
        self.run_tool("before")
        self.room.run("logrotate", "-f", "/etc/logrotate.conf")
        self.run_tool("after")
        monitor.send_signal(signal.SIGTERM)
        self.assertEqual(monitor.wait(room.PATIENCE), 0)
        data = self.room.path("var/log/kmodwatch.jsonl.1").read_bytes() + self.file.read_bytes()
        self.assertNotIn(b"\0", data)
        self.assertEqual([json.loads(line)["seq"] for line in data.split(b"\n")[:-1]], list(range(1, data.count(b"\n") + 1)))
