# SPDX-License-Identifier: BSD-2-Clause
"""The list of kernels is read by make too, and cases name its rows. Run as test_judge.py is."""
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import case  # noqa: E402
import kernels  # noqa: E402
from place import TOP, Trouble  # noqa: E402

MARKS_OF_MAKE = ("verified_insns", "audit")
PRINT = "include Makefile\n$(info KERNELS $(KERNELS))\n" + "".join(
    f"$(info {mark} $(call kernels_with,{mark}))\n" for mark in MARKS_OF_MAKE)


class TheList(unittest.TestCase):
    def test_make_reads_the_same(self):
        wanted = {"KERNELS": list(kernels.SUITES), **{mark: kernels.marked(mark) for mark in MARKS_OF_MAKE}}
        done = subprocess.run(["make", "-n", "-f", "-", "help"], cwd=TOP, input=PRINT, capture_output=True, text=True, check=True)
        made = {name: rows for name, *rows in map(str.split, done.stdout.splitlines()) if name in wanted}
        self.assertEqual(made, wanted)

    def test_marks_are_known(self):
        known = {"verified_insns", "audit", "no-tomoyo", "service"}
        self.assertEqual({mark for marks in kernels.MARKS.values() for mark in marks}, known)

    def test_cases_name_its_rows(self):
        for one in case.chosen([]):
            self.assertLessEqual(set(one.headers.get("rows", "").split()), set(kernels.SUITES), one.name)

    def test_another_row_is_refused(self):
        with self.assertRaisesRegex(Trouble, "6.2.*" + ", ".join(kernels.SUITES)):
            kernels.Kernel("6.2")


if __name__ == "__main__":
    unittest.main()
