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


class On:
    """A row, without its kernel."""

    def __init__(self, row="other", release=(6, 12), marks=(), arch="amd64", args="", cpus=None):
        self.row, self.release, self.marks, self.arch, self.args, self.cpus = row, release, marks, ARCHES[arch], args, cpus


class TheList(unittest.TestCase):
    def test_make_reads_the_same(self):
        wanted = {"KERNELS": kernels.USUAL, **{mark: kernels.marked(mark) for mark in MARKS_OF_MAKE}}
        done = subprocess.run(["make", "-n", "-f", "-", "help"], cwd=TOP, input=PRINT, capture_output=True, text=True, check=True)
        made = {name: rows for name, *rows in map(str.split, done.stdout.splitlines()) if name in wanted}
        self.assertEqual(made, wanted)

    def test_marks_are_known(self):
        known = {"verified_insns", "audit", "no-tomoyo", "service", "more", "no-functions", "preempts"}
        self.assertEqual({mark for row in kernels.ROWS.values() for mark in row.marks}, known)

    def test_architectures_are_known(self):
        self.assertLessEqual({row.arch for row in kernels.ROWS.values()}, set(ARCHES))

    def test_a_case_is_run_in_the_words_of_the_architecture(self):
        one = case.chosen(["abi-act32"])[0]
        patterns = [text for block in one.on(On(arch="arm64")).blocks for _, _, text in block.patterns]
        self.assertTrue(any('"abi": "arm"' in text for text in patterns))
        self.assertFalse(any("i386" in text for text in patterns))
        self.assertIs(one.on(On()), one)

    def test_a_case_boots_with_what_the_row_boots_with(self):
        one = case.chosen(["abi-act32"])[0]
        self.assertEqual(one.on(On(args="preempt=full")).needs.args, "preempt=full")
        self.assertEqual((one.on(On(cpus=8)).needs.smp, one.needs.smp), (8, 2))
        alone = next(one for one in case.chosen([]) if one.needs.smp == 1)
        self.assertEqual(alone.on(On(cpus=8)).needs.smp, 1)

    def test_a_case_runs_on_the_architectures_that_it_names(self):
        for arch, wanted in (("amd64", True), ("arm64", False)):
            self.assertEqual(case.chosen(["abi-int80"])[0].runs_on(On(arch=arch)), wanted)
            self.assertTrue(case.chosen(["abi-act32"])[0].runs_on(On(arch=arch)))

    def test_a_row_without_functions_runs_what_names_it(self):
        kernel = On(row="6.1-arm64", release=(6, 1), marks={"no-functions"}, arch="arm64")
        self.assertEqual([one.name for one in case.chosen([]) if one.runs_on(kernel)], ["error-no-functions"])

    def test_cases_name_known_architectures(self):
        for one in case.chosen([]):
            self.assertLessEqual(set(one.headers.get("arch", "").split()), set(ARCHES), one.name)

    def test_cases_name_its_rows(self):
        for one in case.chosen([]):
            self.assertLessEqual(set(one.headers.get("rows", "").split()), set(kernels.ROWS), one.name)

    def test_another_row_is_refused(self):
        with self.assertRaisesRegex(Trouble, "6.2.*" + ", ".join(kernels.ROWS)):
            kernels.Kernel("6.2")


if __name__ == "__main__":
    unittest.main()
