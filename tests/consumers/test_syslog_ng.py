# SPDX-License-Identifier: BSD-2-Clause
"""syslog-ng.conf beside Debian's own configuration, with a real journal."""
import json
import re
import unittest

import lines
import room
from lines import at
from room import await_that

MANY = 21000  # more than the queue of a destination holds
PATHS = ("seq", "kind", "host.name", "host.boot", "outcome", "stage", "syscall.errno", "module.name", "module.params", "source.path", "process.pid", "process.uid", "process.comm",
         "process.exe", "requested_by.process.uid", "process.argv[0]", "process.argv[1]",
         "process.argv[2]", "process.argv[3]")


def macro(path):
    name, _, number = path.rstrip("]").partition("[")
    return f"$(list-nth {number} ${{.kmodwatch.{name}}})" if number else f"${{.kmodwatch.{name}}}"


def text(value, in_list):
    shown = "" if value is None else str(value)
    return re.sub(r"[\x00-\x07\x0b\x0e-\x1f]", lambda found: f"\\x{ord(found[0]):02x}", shown) if in_list else shown


class SyslogNg(unittest.TestCase):
    def setUp(self):
        self.room = room.room()
        self.room.fresh()
        self.room.start_journal()
        self.addCleanup(self.room.close)
        self.room.put("syslog-ng.conf", "etc/syslog-ng/conf.d/kmodwatch.conf")

    def start(self, change=lambda text: text):
        path = self.room.path("etc/syslog-ng/conf.d/kmodwatch.conf")
        path.write_text(change(path.read_text()))
        said = self.room.start("syslog-ng", "-F", "--no-caps")
        await_that(self.room.path("var/lib/syslog-ng/syslog-ng.ctl").exists, "syslog-ng has begun")
        self.assertEqual(said.read_text(), "")

    def lines_of(self, path, count):
        file = self.room.path(path)
        await_that(lambda: file.exists() and file.read_bytes().count(b"\n") >= count, f"{count} lines in {path}")
        return file.read_bytes().split(b"\n")[:-1]

    def test_file(self):
        """Byte for byte, and nothing that others wrote."""
        self.start()
        forged = '{"schema":2,"kind":"module_load","module":{"name":"forged"}}'
        self.room.run("logger", "-t", "kmodwatch", forged)
        self.room.entries([forged.encode()], "other.service")
        self.room.written(lines.mixed())  # on stderr, or half a line: no entry of an event
        self.room.entries(lines.raw())
        self.assertEqual(self.lines_of("var/log/kmodwatch.jsonl", len(lines.raw())), lines.raw())

    def test_keys(self):
        """Each macro is what is in the line. In a list, syslog-ng 3.38 leaves control characters escaped."""
        keys = " ".join(f"k{number}={macro(path)}" for number, path in enumerate(PATHS))
        self.start(lambda text: text.replace('template("${.journald.KMODWATCH_JSON}\\n")', f'template("$(format-json --scope none {keys})\\n")'))
        self.room.entries(lines.raw())
        found = [json.loads(line) for line in self.lines_of("var/log/kmodwatch.jsonl", len(lines.raw()))]
        self.assertEqual([[row[f"k{number}"] for number in range(len(PATHS))] for row in found],
                         [[text(at(event, path), "[" in path) for path in PATHS] for event in lines.events()])

    def test_many(self):
        """None is dropped, however many come at once."""
        self.start()
        pattern = min(lines.raw(), key=len)
        data = [re.sub(rb'"seq":\d+', b'"seq":%d' % number, pattern) for number in range(MANY)]
        self.room.entries(data)
        self.assertEqual(self.lines_of("var/log/kmodwatch.jsonl", MANY), data)
