# SPDX-License-Identifier: BSD-2-Clause
"""Case files: what to do in the guest, and what must come of it. README.md in this folder has the format."""
import operator
import re
from dataclasses import dataclass, field
from fnmatch import fnmatch

import tools
from place import CASES, GUEST, Trouble

HEADERS = ("kernel", "options", "args", "smp", "monitor", "boot", "slow", "threads", "rows", "arch")
CONDITION = re.compile(r"(kernel|kmod|busybox)(>=|<)(\d+)(?:\.(\d+))?$")
COMPARE = {">=": operator.ge, "<": operator.lt}


@dataclass
class Block:
    """Expected lines. Blocks follow each other; within an unordered one, lines may come in any order."""
    patterns: list = field(default_factory=list)  # (line of the case file, how many times, text of the pattern)
    conditions: list = field(default_factory=list)
    unordered: bool = False
    some: bool = False    # other lines do not matter
    every: bool = False   # the first, last and module_present lines are spelled out too
    repeat: int = 1


@dataclass
class Needs:
    """What a boot must be like. Cases with equal needs share one."""
    args: str = ""
    smp: int = 2
    own: str = ""         # the name of a case that wants no company
    threads: str = "single"  # as boot.accelerator() has it

    def __hash__(self):
        return hash((self.args, self.smp, self.own, self.threads))


class Case:
    def __init__(self, path, words=None):
        """words: what a machine calls differently (arches.py)."""
        self.name = path.stem
        self.path = path
        self.headers = {}
        self.script = ""
        self.blocks = []
        self.stderr = []       # (conditions, pattern)
        self.exits = []        # (conditions, status)
        self._parse(_translated(path.read_text(), words or {}))

    def wrong(self, number, words):
        return Trouble(f"{self.path}:{number}: {words}")

    def _parse(self, text):
        take = self._header
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith("--- "):
                take = self._section(number, line.split()[1:])
            else:
                take(number, line)
        if not self.script.strip():
            raise self.wrong(1, "there is no `--- guest` part: say what is to be done")

    def _header(self, number, line):
        if not line.strip() or line.startswith("#"):
            return
        name, colon, value = line.partition(":")
        if not colon or name not in HEADERS:
            raise self.wrong(number, f"no such header; there are {', '.join(HEADERS)}")
        self.headers[name] = value.strip()

    def _section(self, number, words):
        kind, words = words[0], words[1:]
        conditions = [self._condition(word) for word in words if CONDITION.match(word)]
        words = [word for word in words if not CONDITION.match(word)]
        if kind == "guest" and not words:
            return self._guest_line
        if kind == "exit" and len(words) == 1:
            self.exits.append((conditions, int(words[0])))
            return self._nothing
        if kind == "expect" and words == ["stderr"]:
            return lambda _number, line: line.strip() and self.stderr.append((conditions, line.strip()))
        if kind == "expect":
            block = Block(conditions=conditions)
            for word in words:
                if word == "unordered":
                    block.unordered = True
                elif word == "some":
                    block.some = True
                elif word == "all":
                    block.every = True
                elif word.startswith("repeat="):
                    block.repeat = int(word[7:])
                else:
                    raise self.wrong(number, f"`{word}` means nothing behind `--- expect`")
            self.blocks.append(block)
            return lambda number, line: self._pattern(block, number, line)
        raise self.wrong(number, "no such part: there are guest, expect, expect stderr, exit N")

    def _guest_line(self, _number, line):
        self.script += line + "\n"

    def _nothing(self, number, line):
        if line.strip():
            raise self.wrong(number, "nothing can stand below this part")

    def _pattern(self, block, number, line):
        if line.strip() and not line.startswith("#"):
            times, pattern = re.match(r"\s*(?:(\d+)\s*\*\s*)?(.*\S)\s*$", line).groups()
            if not pattern.startswith("{"):
                raise self.wrong(number, "a pattern is a JSON object on one line")
            block.patterns.append((number, int(times or 1), pattern))

    @staticmethod
    def _condition(word):
        of, sign, major, minor = CONDITION.match(word).groups()
        return of, sign, (int(major), int(minor or 0))

    @staticmethod
    def holds(conditions, release):
        """release: the kernel's. The tools' versions are those of this machine, which the guest has them from."""
        return all(COMPARE[sign](release if of == "kernel" else tools.version(of), version)
                   for of, sign, version in conditions)

    def runs_on(self, kernel):
        words, arches = self.headers.get("kernel", "").split(), self.headers.get("arch", kernel.arch.name).split()
        if "no-functions" in kernel.marks and kernel.row not in self.headers.get("rows", "").split():
            return False
        return kernel.arch.name in arches and self.holds([self._condition("kernel" + word) for word in words], kernel.release)

    def on(self, kernel):
        """The case as this row runs it: in the words of its architecture, and with what it boots with."""
        if not (kernel.arch.words or kernel.args or kernel.cpus):
            return self
        here = Case(self.path, kernel.arch.words)
        here.headers["args"] = f"{kernel.args} {here.headers.get('args', '')}".strip()
        if kernel.cpus and here.headers.get("threads") != "counted":
            here.headers.setdefault("smp", str(kernel.cpus))
        return here

    def is_left_out(self, row):
        """Not among the rows that the case names, so not run there unless all cases are to run on all kernels."""
        rows = self.headers.get("rows", "").split()
        return bool(rows) and row not in rows

    @property
    def needs(self):
        own = self.name if self.headers.get("boot") == "own" else ""
        threads = self.headers.get("threads", "single")
        smp = self.headers.get("smp", "1" if threads == "counted" else "2")  # QEMU 7.2 cannot count with more
        return Needs(self.headers.get("args", ""), int(smp), own, threads)

    @property
    def slow(self):
        return self.headers.get("slow") == "yes"

    @property
    def monitor(self):
        """shared: one kmodwatch for many cases; own: one for this case; none: the script starts it."""
        special = self.headers.get("options") or self.exits or any(block.every for block in self.blocks)
        return self.headers.get("monitor", "own" if special else "shared")

    def pack(self, archive, folder):
        """As guest/cases.sh wants it."""
        helpers = (GUEST / "helpers.sh").read_text()
        archive.text(f"{folder}/script", f"{helpers}\n# ---- {self.name}\n{self.script}")
        archive.text(f"{folder}/settings", f"OPTIONS='{self.headers.get('options', '')}'\n"
                                           f"MONITOR={self.monitor}\n")


def _translated(text, words):
    for word, here in words.items():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", here, text)
    return text


def chosen(globs):
    """The cases whose names match: those that share a kmodwatch first."""
    found = [Case(path) for path in sorted(CASES.glob("*.case"))]
    found = [case for case in found if not globs or any(fnmatch(case.name, glob) for glob in globs)]
    return sorted(found, key=lambda case: case.monitor != "shared")  # as guest/cases.sh wants it
