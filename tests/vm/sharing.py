# SPDX-License-Identifier: BSD-2-Clause
"""Shares lines out among patterns that may be met in any order, each by a line of its own.

Names must agree, so what they can stand for is tried first. Once they are known, a pattern without a line asks another
for its line, which takes a different one (augmenting paths): no order of many like lines is tried after another.
"""
import pattern

TRIES = 2_000  # what names can stand for, until it counts as not found


class Sharing:
    """patterns: (number, wanted) each, equal numbers being equal patterns. allowance: see skipped.Allowance."""

    def __init__(self, patterns, lines, allowance):
        self.lines, self.allowance = lines, allowance
        self.slots = [number for number, _ in patterns]
        self.wanted = dict(patterns)
        self.named = [number for number, wanted in self.wanted.items() if pattern.names(wanted)]
        self.missing = []   # of the best try: the patterns without a line
        self.free = []      # the lines that nobody took
        self.names = {}     # and what names stood for
        self.too_many = False

    def find(self, bound, every):
        """The names bound where each pattern has its line or is excused, and with `every` each line its pattern; None where that
        cannot be. What was excused is used up."""
        stack, known, tries = [(0, bound)], set(), 0
        while stack:
            at, names = stack.pop()
            while at < len(self.named) and pattern.names(self.wanted[self.named[at]]) <= names.keys():
                at += 1
            tries += 1
            if tries > TRIES:
                self.too_many = True
                return None
            if at < len(self.named):
                for now in reversed(self._readings(self.named[at], names)):
                    key = at, repr(sorted(now.items()))
                    if key not in known:
                        known.add(key)
                        stack.append((at + 1, now))
            elif self._share(names, every):
                return names
        return None

    def _readings(self, number, names):
        """What the names of a pattern can stand for, line by line."""
        made = []
        for line in self.lines:
            try:
                made.append(pattern.match(self.wanted[number], line, names))
            except pattern.Mismatch:
                pass
        if not made or self.allowance.may_miss(self.wanted[number]):
            made.append(names)
        return made

    def _share(self, names, every):
        fitting = {number: [index for index, line in enumerate(self.lines) if pattern.fits(wanted, line, names)]
                   for number, wanted in self.wanted.items()}
        owners = {}  # of lines
        # once a pattern has a line it keeps one: those that nothing excuses come first
        slots = sorted(self.slots, key=lambda number: self.allowance.may_miss(self.wanted[number]))
        missing = [number for number in slots if not _augment(number, fitting, owners)]
        free = [index for index in range(len(self.lines)) if index not in owners]
        excused = []
        for number in missing:
            excused.append(self.allowance.take(self.wanted[number]))
        if None not in excused and not (every and free):
            return True
        for program in excused:
            if program:
                self.allowance.give_back(program)
        if not self.missing or len(missing) < len(self.missing):
            self.missing, self.free, self.names = missing, free, names
        return False


def _augment(number, fitting, owners):
    """Whether there is a line for one more pattern; others may have to take other lines for it."""
    came_from = {}  # of a line that was asked for: who would take it, and the line which that one would then leave
    asking, asked = [(number, None)], {number}
    for asker, had in asking:  # it grows meanwhile
        for index in fitting[asker]:
            if index in came_from:
                continue
            came_from[index] = had, asker
            if index not in owners:
                while index is not None:
                    before, owners[index] = came_from[index]
                    index = before
                return True
            if owners[index] not in asked:
                asked.add(owners[index])
                asking.append((owners[index], index))
    return False
