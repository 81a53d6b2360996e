# SPDX-License-Identifier: BSD-2-Clause
"""Lines that may come in any order: found where there is a way, in time, and never where there is none."""
import itertools
import random
import time
import unittest

import pattern
from sharing import Sharing
from skipped import Allowance

NOTHING = Allowance([], False)
SOON = 30  # seconds of work, whatever else the machine does


def shared(patterns, lines, every=True):
    return Sharing(list(enumerate(patterns)), lines, NOTHING).find({}, every)


def by_trying_all(patterns, lines):
    """Whether there is a way, found as slowly as can be."""
    for order in itertools.permutations(lines):
        names = {}
        try:
            for wanted, line in zip(patterns, order):
                names = pattern.match(wanted, line, names)
            return True
        except pattern.Mismatch:
            pass
    return False


class Found(unittest.TestCase):
    def test_as_trying_all_orders_finds(self):
        chance = random.Random(7)
        both = {True: 0, False: 0}
        for _ in range(3000):
            count = chance.randint(1, 4)
            lines = [{"a": chance.randint(0, 2), "b": chance.randint(0, 2)} for _ in range(count)]
            parts = [0, 1, 2, "<any>", "$x", "$y"]
            patterns = [{"a": chance.choice(parts), "b": chance.choice(parts)} for _ in range(count)]
            found = by_trying_all(patterns, lines)
            both[found] += 1
            self.assertEqual(shared(patterns, lines) is not None, found, (patterns, lines))
        self.assertGreater(min(both.values()), 500)

    def test_what_names_stand_for(self):
        lines = [{"id": 1, "who": 8}, {"id": 2, "who": 9}, {"of": 1}, {"of": 2, "by": 9}]
        names = shared([{"id": "$r", "who": "<any>"}, {"id": "<any>"}, {"of": "$r", "by": "$w"}, {"of": "<any>"}], lines)
        self.assertEqual(names, {"r": 2, "w": 9})

    def test_all_lines_or_some(self):
        lines = [{"a": 1}, {"a": 2}]
        self.assertIsNone(shared([{"a": 1}], lines))
        self.assertEqual(shared([{"a": 1}], lines, every=False), {})


class InTime(unittest.TestCase):
    def setUp(self):
        self.began = time.process_time()

    def tearDown(self):
        self.assertLess(time.process_time() - self.began, SOON)

    def test_many_like_lines(self):
        kinds = [{"kind": kind} for kind in "abc"]
        patterns = [(number, wanted) for number, wanted in enumerate(kinds) for _ in range(1000)]
        lines = [dict(line) for line in kinds for _ in range(1000)]
        self.assertEqual(Sharing(patterns, lines, NOTHING).find({}, True), {})
        lines[5] = {"kind": "other"}
        sharing = Sharing(patterns, lines, NOTHING)
        self.assertIsNone(sharing.find({}, True))
        self.assertEqual((sharing.missing, sharing.free), ([0], [5]))

    def test_a_long_chain_of_who_takes_whose_line(self):
        count = 500  # each fits its own line and the one before it, and the last only the last's
        patterns = [{"n": f"/{n}|{n + 1}/"} for n in range(count)] + [{"n": "0"}]
        self.assertEqual(shared(patterns, [{"n": str(n)} for n in range(count + 1)]), {})

    def test_many_names(self):
        # ten requesters and what came of each; no order of them is tried after another
        patterns = [wanted for n in range(10) for wanted in ({"id": f"$r{n}", "by": n}, {"of": f"$r{n}"})]
        lines = [line for n in range(10) for line in ({"id": 100 + n, "by": n}, {"of": 100 + n})]
        random.Random(3).shuffle(lines)
        self.assertEqual(shared(patterns, lines), {f"r{n}": 100 + n for n in range(10)})
        self.assertIsNone(shared(patterns, [{"of": 7} if line.get("of") == 105 else line for line in lines]))

    def test_names_that_could_stand_for_anything(self):
        patterns = [{"id": f"$r{n}"} for n in range(9)] + [{"id": "nobody"}]
        sharing = Sharing(list(enumerate(patterns)), [{"id": n} for n in range(10)], NOTHING)
        self.assertIsNone(sharing.find({}, True))
        self.assertTrue(sharing.too_many)


if __name__ == "__main__":
    unittest.main()
