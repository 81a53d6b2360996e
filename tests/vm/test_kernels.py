# SPDX-License-Identifier: BSD-2-Clause
"""The list of kernels is read by make too, and cases name its rows. Run as test_judge.py is."""
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import case  # noqa: E402
import kernels  # noqa: E402
from arches import ARCHES  # noqa: E402
from place import TOP, Trouble  # noqa: E402

MARKS_OF_MAKE = ("verified_insns", "audit")
PRINT = "include Makefile\n$(info KERNELS $(KERNELS))\n" + "".join(
    f"$(info {mark} $(call kernels_with,{mark}))\n" for mark in MARKS_OF_MAKE)


class TheList(unittest.TestCase):
    def test_make_reads_the_same(self):
        wanted = {"KERNELS": kernels.USUAL, **{mark: kernels.marked(mark) for mark in MARKS_OF_MAKE}}
        done = subprocess.run(["make", "-n", "-f", "-", "help"], cwd=TOP, input=PRINT, capture_output=True, text=True, check=True)
        made = {name: rows for name, *rows in map(str.split, done.stdout.splitlines()) if name in wanted}
        self.assertEqual(made, wanted)

    def test_marks_are_known(self):
        known = {"verified_insns", "audit", "no-tomoyo", "service", "more", "no-functions"}
        self.assertEqual({mark for marks in kernels.MARKS.values() for mark in marks}, known)

    def test_architectures_are_known(self):
        self.assertLessEqual(set(kernels.ARCH.values()), set(ARCHES))

    def test_a_case_is_run_in_the_words_of_the_architecture(self):
        one = next(one for one in case.chosen(["abi-act32"]))
        patterns = [text for block in one.on(ARCHES["arm64"]).blocks for _, _, text in block.patterns]
        self.assertTrue(any('"abi": "arm"' in text for text in patterns))
        self.assertFalse(any("i386" in text for text in patterns))
        self.assertIs(one.on(ARCHES["amd64"]), one)

    def test_a_case_runs_on_the_architectures_that_it_names(self):
        class On:
            row, release, marks = "other", (6, 12), set()
        for name, wanted in (("amd64", True), ("arm64", False)):
            On.arch = ARCHES[name]
            self.assertEqual(case.chosen(["abi-int80"])[0].runs_on(On), wanted)
            self.assertTrue(case.chosen(["abi-act32"])[0].runs_on(On))

    def test_a_row_without_functions_runs_what_names_it(self):
        class On:
            row, release, marks, arch = "6.1-arm64", (6, 1), {"no-functions"}, ARCHES["arm64"]
        self.assertEqual([one.name for one in case.chosen([]) if one.runs_on(On)], ["error-no-functions"])

    def test_cases_name_known_architectures(self):
        for one in case.chosen([]):
            self.assertLessEqual(set(one.headers.get("arch", "").split()), set(ARCHES), one.name)

    def test_cases_name_its_rows(self):
        for one in case.chosen([]):
            self.assertLessEqual(set(one.headers.get("rows", "").split()), set(kernels.SUITES), one.name)

    def test_another_row_is_refused(self):
        with self.assertRaisesRegex(Trouble, "6.2.*" + ", ".join(kernels.SUITES)):
            kernels.Kernel("6.2")


if __name__ == "__main__":
    unittest.main()
