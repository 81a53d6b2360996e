# SPDX-License-Identifier: BSD-2-Clause
"""The commands that the documents show, on hostile lines: tests/dist/examples.py runs them on a short scene."""
import json
import sys
import unittest

import lines
import room

sys.path.insert(0, str(lines.TOP / "tests" / "dist"))
import documents  # noqa: E402
import examples  # noqa: E402


def commands():
    """Those that pipe lines into jq."""
    for block in documents.blocks():
        if block.lines[0][:2] in ("# ", "$ "):
            for command, _ in examples.commands(block):
                _, _, rest = command.partition("|")
                if rest.strip().startswith("jq "):
                    yield block.where, rest.replace(examples.INSTALLED + "/consumers", "/tmp")


class Documents(unittest.TestCase):
    def test_commands(self):
        """One line is shown of a line, whatever is in it; and nothing in it acts on the terminal."""
        inside = room.room()
        inside.fresh()
        inside.put("recipes.jq", "tmp/recipes.jq")
        inside.path("tmp/kmodwatch").write_bytes(lines.data())
        tried = 0
        for where, command in commands():
            with self.subTest(where=where, command=command):
                shown = inside.run("sh", "-c", f"cat /tmp/kmodwatch | {command}").decode().split("\n")[:-1]
                self.assertTrue(0 < len(shown) <= len(lines.raw()))
                for line in shown:
                    json.loads(line)
                    self.assertFalse(any(ord(character) < 0x20 or 0x7f <= ord(character) < 0xa0 for character in line), line)
            tried += 1
        self.assertGreater(tried, 7)
