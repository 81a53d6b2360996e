# SPDX-License-Identifier: BSD-2-Clause
"""import.sql with SQLite's own shell."""
import json
import unittest

import lines
import room
from lines import at

COLUMNS = {
    "time": "time", "kind": "kind", "host": "host.name", "outcome": "outcome", "stage": "stage", "errno": "syscall.errno", "module": "module.name",
    "path": "source.path", "sha256": "source.sha256", "uid": "process.uid", "auid": "process.auid", "pid": "process.pid", "exe": "process.exe",
    "requester_uid": "requested_by.process.uid", "requester": "requested_by.process.exe",
}


class Sqlite(unittest.TestCase):
    def setUp(self):
        self.room = room.room()
        self.room.fresh()
        self.room.put("import.sql", "tmp/import.sql")

    def take(self, data):
        self.room.path("tmp/file").write_bytes(data)
        self.room.run("sqlite3", "/tmp/kmodwatch.db", ".read /tmp/import.sql", ".import /tmp/file lines")

    def ask(self, query):
        return json.loads(self.room.run("sqlite3", "-json", "/tmp/kmodwatch.db", query) or b"[]")

    def test_columns(self):
        self.take(lines.mixed())
        wanted = [{column: at(event, path) for column, path in COLUMNS.items()} for event in lines.events()]
        self.assertEqual(self.ask(f"SELECT {', '.join(COLUMNS)} FROM events"), wanted)
        self.assertEqual([json.loads(row["argv"]) if row["argv"] else None for row in self.ask("SELECT argv FROM events")],
                         [at(event, "process.argv") for event in lines.events()])

    def test_whole(self):
        self.take(lines.mixed())
        self.assertEqual([bytes.fromhex(row["line"]) for row in self.ask("SELECT hex(line) AS line FROM events")], lines.raw())

    def test_twice(self):
        half = lines.data().index(b"\n", len(lines.data()) // 2) + 1
        self.take(lines.data()[:half])
        self.take(lines.data())
        self.assertEqual(self.ask("SELECT count(*) AS count FROM events"), [{"count": len(lines.raw())}])

    def test_damaged(self):
        """What is no JSON is no event, is not lost, and costs no other line."""
        damaged = lines.raw()[3][:50]
        self.take(damaged + b"\n" + lines.data())
        self.assertEqual(self.ask("SELECT count(*) AS count FROM events"), [{"count": len(lines.raw())}])
        self.assertEqual(self.ask("SELECT line FROM lines WHERE NOT json_valid(line)"), [{"line": damaged.decode()}])
