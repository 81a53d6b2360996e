# SPDX-License-Identifier: BSD-2-Clause
"""Matches output lines with the patterns of a case. A match returns the names bound so far, a mismatch says where."""
import json
import re

ANYTHING = "<anything>"  # in a line, this very object: what could not be said there fits each pattern (skipped.py)
NAME = re.compile(r"\$([a-z_][a-z0-9_]*)$")


class Mismatch(Exception):
    """The path of the key that differs, and how; `depth` counts what did match, to find the closest line."""

    def __init__(self, path, words, matched):
        super().__init__(f"{path or 'the line'}: {words}")
        self.matched = matched


def shown(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 200 else text[:200] + "…"


class Matcher:
    """One attempt at one line. The names it binds count only if the whole line matches."""

    def __init__(self, bound):
        self.bound = dict(bound)
        self.matched = 0

    def fail(self, path, words):
        raise Mismatch(path, words, self.matched)

    def match(self, pattern, value, path=""):
        if value is ANYTHING:
            return
        if isinstance(pattern, dict):
            self._object(pattern, value, path)
        elif isinstance(pattern, list):
            self._array(pattern, value, path)
        elif isinstance(pattern, str):
            self._text(pattern, value, path)
        elif type(pattern) is not type(value) or pattern != value:
            self.fail(path, f"wanted {shown(pattern)}, got {shown(value)}")
        self.matched += 1

    def _object(self, pattern, value, path):
        if not isinstance(value, dict):
            self.fail(path, f"wanted an object, got {shown(value)}")
        for key, part in pattern.items():
            where = f"{path}.{key}" if path else key
            if part == "<absent>":
                if key in value and value[key] is not ANYTHING:
                    self.fail(where, f"should be absent, got {shown(value[key])}")
            elif key not in value:
                self.fail(where, f"wanted {shown(part)}, but the key is absent")
            else:
                self.match(part, value[key], where)

    def _array(self, pattern, value, path):
        if not isinstance(value, list):
            self.fail(path, f"wanted an array, got {shown(value)}")
        open_end = bool(pattern) and pattern[-1] == "..."
        wanted = pattern[:-1] if open_end else pattern
        if len(value) < len(wanted) or (len(value) > len(wanted) and not open_end):
            self.fail(path, f"wanted {len(wanted)}{' or more' if open_end else ''} items, got {shown(value)}")
        for index, part in enumerate(wanted):
            self.match(part, value[index], f"{path}[{index}]")

    def _text(self, pattern, value, path):
        name = NAME.match(pattern)
        if pattern == "<any>":
            return
        if pattern == "<number>":
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                self.fail(path, f"wanted a number, got {shown(value)}")
        elif name:
            self._name(name[1], value, path)
        elif len(pattern) > 1 and pattern[0] == pattern[-1] == "/":
            if not isinstance(value, str) or not re.fullmatch(pattern[1:-1], value, re.DOTALL):
                self.fail(path, f"wanted what fits {pattern}, got {shown(value)}")
        elif pattern != value:
            self.fail(path, f"wanted {shown(pattern)}, got {shown(value)}")

    def _name(self, name, value, path):
        if name not in self.bound:
            self.bound[name] = value
            return
        known = self.bound[name]
        same = known == value and type(known) is type(value)
        if isinstance(known, Given):
            same = isinstance(value, (str, int)) and not isinstance(value, bool) and str(value) == known.text
        if not same:
            self.fail(path, f"wanted ${name}, which is {shown(known)}, got {shown(value)}")


def names(pattern):
    """The names that a pattern asks for or binds."""
    if isinstance(pattern, dict):
        pattern = list(pattern.values())
    if isinstance(pattern, list):
        return {name for part in pattern for name in names(part)}
    found = NAME.match(pattern) if isinstance(pattern, str) else None
    return {found[1]} if found else set()


class Given(str):
    """A value that the guest's script wrote down: text that may stand for a number."""

    @property
    def text(self):
        return str(self)


def match(pattern, value, bound):
    """The names bound after this match; Mismatch where there is none."""
    matcher = Matcher(bound)
    matcher.match(pattern, value)
    return matcher.bound


def fits(pattern, value, bound):
    """Whether it matches, whatever names it would bind."""
    try:
        match(pattern, value, bound)
        return True
    except Mismatch:
        return False
