#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Options, formats, profiles, and the kinds and keys of events have their names in several places: do all of them name the same?

names.py PROGRAM: the program as built; its schema lies beside it.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

import events_page
import references
import schema_walk

TOP = Path(__file__).resolve().parent.parent.parent
DIST = TOP / "user" / "dist"


def read(path):
    return path.read_text(encoding="utf-8")


def section(text, start, end):
    return text.partition(start)[2].partition(end)[0]


def of_code():
    """{long name: takes a value}, and the short ones."""
    table = section(read(TOP / "user" / "options.c"), "known_options[] = {", "\n};")
    longs = {name: takes == "required" for name, takes in re.findall(r'"([a-z-]+)", (no|required)_argument', table)}
    # taken before the others, whose source it is
    longs[re.search(r'option\[\] = "--([a-z-]+)"', read(TOP / "user" / "options_file.c")).group(1)] = True
    letters = set(re.search(r'getopt_long\(\w+, \w+, ":?(\w+)"', read(TOP / "user" / "options.c")).group(1))
    return longs, letters


def of_help(text):
    """Each stands at a line's begin; a word in capitals behind it is its value."""
    found = re.findall(r"^  (?:(-\w), |    )--([a-z-]+)(?: ([A-Z]+))?", text, re.MULTILINE)
    return {name: bool(value) for _, name, value in found}, {short[1] for short, _, _ in found if short}


def of_man(text):
    longs, letters = {}, set()
    for line in re.findall(r"^\.It (Fl .*)$", section(text, ".Sh OPTIONS", ".Sh "), re.MULTILINE):
        letters |= set(re.findall(r"Fl (\w) ", line))
        name = re.search(r"-([a-z][a-z-]+)", line).group(1)
        longs[name] = " Ar " in line
    return longs, letters


def of_bash(text):
    offered = section(text, "compgen -W '--", "' --")
    takers = set()
    for pattern in re.findall(r"^\t(--[a-z-]+(?: \| --[a-z-]+)*)\)$", text, re.MULTILINE):
        takers |= set(pattern.replace("--", "").split(" | "))
    words = ("--" + offered).split()
    return ({word[2:]: word[2:] in takers for word in words if word.startswith("--")},
            {word[1:] for word in words if not word.startswith("--")})


def of_zsh(text):
    specs = section(text, "_arguments ", "\n\n")
    single = re.findall(r"^\t'\*?--([a-z-]+)(=?)\[", specs, re.MULTILINE)
    double = re.findall(r"\{-(\w),--([a-z-]+)\}", specs)
    return ({**{name: bool(value) for name, value in single}, **{name: False for _, name in double}},
            {letter for letter, _ in double})


def compare(what, wanted, found):
    if wanted == found:
        return []
    if isinstance(wanted, dict):
        wanted, found = set(wanted.items()), set(found.items())
    missing, more = sorted(set(wanted) - set(found), key=str), sorted(set(found) - set(wanted), key=str)
    return [f"{what}: lacks {missing or 'nothing'}, and has too much: {more or 'nothing'}"]


def options(program):
    longs, letters = of_code()
    help_text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    places = {"--help": of_help(help_text), "kmodwatch.8": of_man(read(DIST / "kmodwatch.8")),
              "kmodwatch.bash": of_bash(read(DIST / "kmodwatch.bash")), "_kmodwatch": of_zsh(read(DIST / "_kmodwatch"))}
    for place, (some, shorts) in places.items():
        yield from compare(f"{place}: options (and whether they take a value)", longs, some)
        yield from compare(f"{place}: short options", letters, shorts)


def formats(program):
    take = section(read(TOP / "user" / "options.c"), "*take_format(", "\n}")
    code = set(re.findall(r'strcmp\(word, "(\w+)"\)', take))
    help_text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    of_format = section(help_text, "--format ", "\n      --")
    places = {
        "--help": [word for word in code if re.search(rf"\b{word}\b", of_format)],
        "kmodwatch.8": re.findall(r"^\.Cm (\w+)", section(read(DIST / "kmodwatch.8"), ".It Fl -format", ".It "), re.MULTILINE),
        "kmodwatch.bash": re.search(r"--format\)\n.*compgen -W '(.*?)'", read(DIST / "kmodwatch.bash")).group(1).split(),
        "_kmodwatch": re.search(r"'--format=\[.*?\]:format:\((.*?)\)'", read(DIST / "_kmodwatch")).group(1).split(),
    }
    for place, found in places.items():
        yield from compare(f"{place}: formats", code, set(found))


def profiles(program):
    """What is built in is what has a file, from which the completions are made. The page names the default."""
    wanted = {path.stem for path in (TOP / "user" / "audit" / "profiles").glob("*.rules")}
    said = subprocess.run([program, "--print-profile", ""], check=False, capture_output=True, text=True).stderr
    yield from compare("kmodwatch: profiles", wanted, set(said.rpartition(": there are ")[2].strip().split(", ")))
    help_text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    default = re.findall(r"([a-z0-9-]+) \(the default\)", help_text)
    page = re.findall(r"^\.Cm ([a-z0-9-]+)", section(read(DIST / "kmodwatch.8"), ".It Fl -profile", ".It "), re.MULTILINE)
    yield from compare("kmodwatch.8: the default profile", default, page)
    described = re.findall(r"^\.It Cm ([a-z0-9-]+)$", section(read(DIST / "kmodwatch-audit.7"), ".Sh PROFILES", ".El"), re.MULTILINE)
    yield from compare("kmodwatch-audit.7: profiles", wanted, set(described))


def keys(program):
    schema = json.loads(read(Path(program).parent / "kmodwatch.schema.json"))
    yield from events_page.faults(schema)
    yield from schema_walk.faults(schema)
    longest = re.search(r"LINE_MAX_BYTES = (\d+)", read(TOP / "user" / "output" / "limits.h")).group(1)
    if f"({longest} bytes)" not in read(DIST / "kmodwatch-events.5"):
        yield f"kmodwatch-events.5: a line has at most ({longest} bytes)"
    listed = re.findall(r"^\.It Ic (\w+)$", section(read(DIST / "kmodwatch.8"), ".Sh EVENTS", ".El"), re.MULTILINE)
    yield from compare("kmodwatch.8: kinds", set(schema["properties"]["kind"]["enum"]), set(listed))


def main():
    program = sys.argv[1]
    faults = [*options(program), *formats(program), *profiles(program), *keys(program), *references.faults()]
    for fault in faults:
        print(fault, file=sys.stderr)
    longs, letters = of_code()
    print(f"  names      {len(longs)} options, formats, profiles, every key of the events, and what documents refer to: {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
