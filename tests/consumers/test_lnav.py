# SPDX-License-Identifier: BSD-2-Clause
"""kmodwatch.lnav.json with lnav, which asks for no terminal with -n."""
import json
import re
import unittest

import lines
import room
from lines import at

PATHS = ("kind", "outcome", "stage", "alias", "module.name", "module.params", "source.path", "source.sha256", "syscall.name", "syscall.errno",
         "process.pid", "process.uid", "process.auid", "process.comm", "process.exe", "requested_by.process.uid", "requested_by.process.exe")
HEAD = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} (\w+) +(\S+) uid (\S+) pid (\S+)")


class Lnav(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = room.room()
        cls.room.fresh()
        cls.room.put("kmodwatch.lnav.json", "tmp/kmodwatch.lnav.json")
        cls.room.run("lnav", "-i", "/tmp/kmodwatch.lnav.json", talks=True)
        cls.room.path("tmp/lines").write_bytes(lines.data())

    def ask(self, query):
        return json.loads(self.room.run("lnav", "-n", "-c", f";{query}", "-c", ":write-json-to -", "/tmp/lines"))

    def test_columns(self):
        columns = ", ".join(f'"{path.replace(".", "/")}" AS "{path}"' for path in PATHS)
        found = self.ask(f"SELECT {columns} FROM kmodwatch_log")
        wanted = [{path: at(event, path) for path in PATHS} for event in lines.events()]
        self.assertEqual(len(found), len(wanted))
        for row, event in zip(found, wanted):  # lnav gives each value as text
            self.assertEqual(row, {path: value if value is None else str(value) for path, value in event.items()})

    def test_levels(self):
        found = self.ask("SELECT log_level FROM kmodwatch_log")
        self.assertEqual([row["log_level"] for row in found], ["error" if at(event, "syscall.errno") else "info" for event in lines.events()])

    def test_nothing_looks_like_an_event(self):
        """On the screen, each event begins a line, and what a process chose never does."""
        shown = self.room.run("lnav", "-n", "/tmp/lines").decode().split("\n")
        heads = [HEAD.fullmatch(line) for line in shown if line and not line.startswith("  ")]
        self.assertNotIn(None, heads)
        self.assertEqual([head.groups() for head in heads],
                         [tuple(str(at(event, path) if at(event, path) is not None else "-") for path in ("kind", "outcome", "process.uid", "process.pid"))
                          for event in lines.events()])
