# SPDX-License-Identifier: BSD-2-Clause
"""What journalctl gives back of the lines that journald was given."""
import json
import unittest

import lines
import room
from room import await_that


class Journal(unittest.TestCase):
    def setUp(self):
        self.room = room.room()
        self.room.fresh()
        self.room.start_journal()
        self.addCleanup(self.room.close)
        forged = b'{"schema":2,"kind":"module_load","module":{"name":"forged"}}\n'
        self.room.entries([forged.rstrip()], "other.service")
        self.room.run("logger", "-t", "kmodwatch", forged)
        self.room.written(lines.mixed())  # on stderr, or half a line: no entry of an event
        self.room.entries(lines.raw())
        await_that(lambda: self.ask("cat", "--output-fields=KMODWATCH_JSON").count(b"\n") >= len(lines.raw()), "all lines in the journal")

    def ask(self, output, *options):
        return self.room.run("journalctl", "--no-pager", "-u", "kmodwatch", "-o", output, *options)

    def test_cat(self):
        self.assertEqual(self.ask("cat", "--output-fields=KMODWATCH_JSON"), lines.data())

    def test_json(self):
        """Without --all, journalctl leaves out what is longer than 4096 bytes."""
        self.assertEqual([line.encode() for line in self.fields("--all")], lines.raw())
        self.assertEqual([line is None for line in self.fields()], [len("KMODWATCH_JSON=") + len(line) > 4096 for line in lines.raw()])

    def fields(self, *options):
        entries = [json.loads(entry) for entry in self.ask("json", *options).split(b"\n")[:-1]]
        return [entry["KMODWATCH_JSON"] for entry in entries if "KMODWATCH_JSON" in entry]

    def test_logger(self):
        """logger makes several messages of a line above 1 KiB, unless it is told otherwise."""
        self.room.path("tmp/lines").write_bytes(lines.data())
        self.room.run("logger", "--size", "8192", "-t", "sized", "-f", "/tmp/lines")
        self.room.run("logger", "-t", "split", "-f", "/tmp/lines")
        shown = self.room.run("journalctl", "--no-pager", "-t", "sized", "-o", "cat").split(b"\n")[:-1]
        self.assertLessEqual(set(lines.raw()), set(shown))
        self.assertNotEqual(self.room.run("journalctl", "--no-pager", "-t", "split", "-o", "cat"), lines.data())
