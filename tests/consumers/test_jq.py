# SPDX-License-Identifier: BSD-2-Clause
"""recipes.jq with jq 1.6."""
import json
import unittest
from collections import Counter

import lines
import room
from lines import at


class Jq(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.room = room.room()
        cls.room.fresh()
        cls.room.put("recipes.jq", "tmp/recipes.jq")
        cls.room.path("tmp/lines").write_bytes(lines.mixed())
        cls.events = lines.events()

    def ask(self, recipe):
        said = self.room.run("jq", "-nRac", "-L", "/tmp", f'include "recipes"; {recipe}', "/tmp/lines")
        return said.split(b"\n")[:-1]

    def answer(self, recipe):
        return [json.loads(line) for line in self.ask(recipe)]

    def kind(self, *kinds):
        return [event for event in self.events if event["kind"] in kinds]

    @staticmethod
    def row(event, *paths):
        return [at(event, path) for path in paths]

    def test_every_line(self):
        self.assertEqual(self.answer("lines | [.seq, .kind, .module.name, .process.argv]"),
                         [self.row(event, "seq", "kind", "module.name", "process.argv") for event in self.events])

    def test_ascii(self):
        for line in self.ask("timeline"):
            self.assertTrue(line.isascii() and line.decode().isprintable(), line)

    def test_causes(self):
        wanted = []
        for load in self.kind("module_load"):
            if load["outcome"] == "success":
                who = "requested_by.process" if "requested_by" in load else "process"
                wanted.append(self.row(load, "time", "module.name", f"{who}.uid", f"{who}.exe"))
        self.assertEqual(self.answer("causes"), wanted)
        self.assertIn(["af_alg", 1000, "/usr/bin/act"], [row[1:] for row in wanted])

    def test_cause_unknown(self):
        line = json.dumps({**next(event for event in self.events if "requested_by" in event and event["kind"] == "module_load"), "requested_by": None})
        self.room.path("tmp/one").write_text(line)
        said = self.room.run("jq", "-nRac", "-L", "/tmp", 'include "recipes"; causes', "/tmp/one")
        self.assertEqual(json.loads(said)[1:], ["af_alg", None, None])

    def test_failures(self):
        wanted = Counter((load["process"]["uid"], load["syscall"]["errno"]) for load in self.kind("module_load") if load["outcome"] == "failure")
        self.assertEqual({(row["uid"], row["errno"]): row["count"] for row in self.answer("failures")}, wanted)
        self.assertIn((65534, "EPERM"), wanted)

    def test_foreign(self):
        wanted = [self.row(load, "time", "module.name", "source.path", "process.uid", "process.exe") for load in self.kind("module_load")
                  if load["outcome"] == "success" and not load["source"]["path"].startswith("/usr/lib/modules/")]
        self.assertEqual(self.answer("foreign"), wanted)
        self.assertIn("/m/name_line.ko", [row[2] for row in wanted])

    def test_timeline(self):
        wanted = [self.row(event, "time", "kind", "outcome", "module.name", "process.uid", "process.exe")
                  for event in sorted(self.events, key=lambda event: event["time"])]
        for row, event in zip(wanted, sorted(self.events, key=lambda event: event["time"])):
            row[3] = row[3] or event.get("alias")
        self.assertEqual(self.answer("timeline"), wanted)

    def test_unloads(self):
        wanted = [self.row(event, "time", "outcome", "module.name", "process.uid", "process.exe") for event in self.kind("module_unload")]
        self.assertEqual(self.answer("unloads"), wanted)
        self.assertIn(["success", "dummy", 0, "/usr/bin/kmod"], [row[1:] for row in wanted])

    def test_requesters(self):
        self.assertEqual(self.answer("requesters"), [{"alias": "net-pf-38", "uid": 1000, "exe": "/usr/bin/act", "count": 1}])
