# SPDX-License-Identifier: BSD-2-Clause
"""The documents, and the literal blocks in them."""
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MARKDOWN = ["README.md", ".github/CONTRIBUTING.md", "tests/vm/README.md", "tests/bench/README.md"]
PAGES = [f"user/dist/{name}" for name in ("kmodwatch.8", "kmodwatch-events.5", "kmodwatch-audit.7")]


class Block:
    def __init__(self, where, lines):
        self.where, self.lines = where, lines


def plain(line):
    """What mdoc shows of a literal line."""
    for escape, character in ((r"\(dq", '"'), (r"\&", ""), (r"\-", "-"), (r"\e", "\\")):
        line = line.replace(escape, character)
    return line


def of_markdown(text):
    """(line number, lines) of each fenced block."""
    for found in re.finditer(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, found.start()) + 2, found[1].splitlines()


def of_page(text):
    """(line number, lines) of each literal display."""
    for found in re.finditer(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed$|^\.Dl (.*)$", text, re.MULTILINE):
        body = found[1] if found[1] is not None else found[2]
        yield text.count("\n", 0, found.start()) + 2, [plain(line) for line in body.splitlines()]


def blocks():
    for names, parse in ((MARKDOWN, of_markdown), (PAGES, of_page)):
        for name in names:
            for number, lines in parse((TOP / name).read_text(encoding="utf-8")):
                if lines:
                    yield Block(f"{name}:{number}", lines)
