#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Is every example in the documents true?

examples.py PROGRAM           each line and each output in the documents is what the recorded lines give
examples.py --guest PROGRAM   and a guest gives the same lines, and the outputs of the commands that need one
examples.py --record PROGRAM  records the lines anew, keeping those values that differ from run to run

A literal block in a document is a console, where it begins with a prompt; an event, where it begins with `{`, broken up
between its keys, with `...` for what is left out; or text, where it begins with a time. The lines are recorded in
examples/: the scene of `make run`, as JSON and as text, and what kinds.sh does in a guest. A command that watches stands
for those of the scene; one that needs a guest has its output compared there.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from documents import blocks
from recorded import (FOLDER, KERNEL, TOP, kinds_of, masked, masked_text, merged, merged_text, recorded, recorded_text,
                      run_guest, run_scene, run_text)

sys.path.insert(0, str(TOP / "tests" / "vm"))
import contract  # noqa: E402

# Commands whose lines the recorded scene stands for.
WATCHING = (r"make run </dev/null", r"journalctl [^|]*-o cat --output-fields=KMODWATCH_JSON\b[^|]*", r"kmodwatch(?! --check-audit| --print)\b[^|]*")
INSTALLED = "/usr/local/share/kmodwatch"
ON_TERMINAL = "make run </dev/null"
IN_GUEST = re.compile(r"kmodwatch --(check-audit|print-)")
# `...` is no JSON: as a key, and as an item, it becomes this.
MORE = "\x00more"


def parsed(text):
    """An event as it stands in a document."""
    pieces = re.split(r'("(?:[^"\\]|\\.)*")', text)
    kinds = []
    for at, piece in enumerate(pieces):
        if at % 2:
            continue
        new = ""
        for token in re.split(r"(\.\.\.|[][{}])", piece):
            if token in ("{", "["):
                kinds.append(token)
            elif token in ("}", "]"):
                kinds.pop()
            elif token == "...":
                token = json.dumps(MORE) + (":0" if kinds[-1] == "{" else "")
            new += token
        pieces[at] = new
    return json.loads("".join(pieces))


def differences(shown, line, path=""):
    """Where the line is not what is shown of it, in the same order; `...` stands for anything more."""
    if isinstance(shown, dict) and isinstance(line, dict):
        keys = [key for key in shown if key != MORE]
        yield from (f"{path}.{key} is not there" for key in keys if key not in line)
        there = [key for key in line if key in shown]
        yield from (f"{path}.{key} is there too" for key in line if key not in shown and MORE not in shown)
        if there != [key for key in keys if key in line]:
            yield f"{path} has its keys in the order {' '.join(there)}"
        for key in there:
            yield from differences(shown[key], line[key], f"{path}.{key}")
    elif isinstance(shown, list) and isinstance(line, list):
        items = [item for item in shown if item != MORE]
        if len(line) < len(items) or (len(line) > len(items) and MORE not in shown):
            yield f"{path} has {len(line)} items"
        for at, pair in enumerate(zip(items, line)):
            yield from differences(*pair, f"{path}[{at}]")
    elif type(shown) is not type(line) or shown != line:
        yield f"{path} is {json.dumps(line)}, not {json.dumps(shown)}"


def event_faults(block, lines):
    try:
        example = parsed("".join(line.strip() for line in block.lines))
    except (ValueError, IndexError) as error:
        yield f"{block.where}: this is no JSON: {error}"
        return
    named = [line for line in lines if line["id"] == example.get("id")]
    if not named:
        yield f"{block.where}: no recorded line has this id"
    for line in named:
        yield from (f"{block.where}: in the recorded line, {difference}" for difference in differences(example, line))


def commands(block):
    """[(command, [lines of output])]. A line that ends open goes on in the next."""
    found = []
    lines = iter(block.lines)
    for line in lines:
        if line[:2] not in ("# ", "$ "):
            found[-1][1].append(line)
            continue
        command = line[2:]
        while command.count("'") % 2 or command.endswith(("\\", "|")):
            command += "\n" + next(lines)
        found.append((command, []))
    return found


def output_is(shown, printed):
    """The output as shown, which may end with `...` for more of it."""
    if shown[-1:] == ["..."]:
        return shown[:-1] == printed[:len(shown) - 1] and len(printed) >= len(shown)
    return shown == printed


def console_faults(block):
    for command, shown in commands(block):
        watching = re.match("|".join(WATCHING), command)
        if command == ON_TERMINAL:
            if not output_is(shown, recorded_text()):
                yield f"{block.where}: on a terminal, `{command}` shows\n" + "\n".join(recorded_text())
        elif watching:
            script = f"cat scene.jsonl {command[watching.end():]}".replace(INSTALLED, str(TOP / "user" / "dist"))
            done = subprocess.run(["bash", "-c", script], cwd=FOLDER, capture_output=True, text=True)
            if done.returncode or done.stderr or not output_is(shown, done.stdout.splitlines()):
                yield f"{block.where}: `{command}` ends with {done.returncode}, and gives\n{done.stderr}{done.stdout}"
        elif shown and not IN_GUEST.match(command):
            yield f"{block.where}: nothing proves the output of `{command}`"


def text_faults(block):
    left = iter(recorded_text())
    yield from (f"{block.where}: not in the recorded text, or not here: {line}" for line in block.lines if line not in left)


def document_faults(lines):
    count = 0
    for block in blocks():
        if block.lines[0].startswith("{"):
            count += 1
            yield from event_faults(block, lines)
        elif block.lines[0][:2] in ("# ", "$ "):
            count += 1
            yield from console_faults(block)
        elif re.match(r"\d\d:\d\d:\d\d ", block.lines[0]):
            count += 1
            yield from text_faults(block)
    if not count:
        yield "there are no examples in the documents"


def line_faults(lines):
    """What is recorded keeps the contract, and has every kind."""
    for number, line in enumerate(lines, 1):
        yield from (f"recorded line {number}: {fault}" for fault in contract.check_line(line))
    missing = contract.KNOWN - {line["kind"] for line in lines} - {"audit_unrecorded"}
    if missing:
        yield f"no line is recorded of {sorted(missing)}"


def guest_commands():
    return [(block.where, command, shown) for block in blocks() if block.lines[0][:2] in ("# ", "$ ")
            for command, shown in commands(block) if IN_GUEST.match(command)]


def guest_text_faults():
    shown, before = [masked_text(line) for line in run_text()], [masked_text(line) for line in recorded_text()]
    if shown != before:
        yield "in a guest, the scene's text is\n" + "\n".join(shown) + "\nnot\n" + "\n".join(before)


def guest_faults():
    yield from guest_text_faults()
    for name, lines in (("scene", run_scene()), ("kinds", None)):
        if lines is None:
            wanted = guest_commands()
            lines, outputs = run_guest([command for _, command, _ in wanted])
            for (where, command, shown), printed in zip(wanted, outputs):
                if not output_is(shown, printed):
                    yield f"{where}: in a guest `{command}` gives\n" + "\n".join(printed)
        before = recorded(name)
        if [line["kind"] for line in lines] != [line["kind"] for line in before]:
            yield f"{name}: a guest gives other events: {kinds_of(lines)}, not {kinds_of(before)}"
            continue
        for new, old in zip(lines, before):
            yield from (f"{name}, {old['kind']} {old['id']}: in a guest, {difference}"
                        for difference in differences(masked(old), masked(new)))


def record():
    path = FOLDER / "scene.txt"
    before = recorded_text() if path.exists() else []
    path.write_text("".join(f"{line}\n" for line in merged_text(before, run_text())), encoding="utf-8")
    for name, lines in (("scene", run_scene()), ("kinds", run_guest([])[0])):
        path = FOLDER / f"{name}.jsonl"
        before = recorded(name) if path.exists() else []
        path.write_text("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
                                for line in merged(before, lines)), encoding="utf-8")


def main():
    mode, program = ("", sys.argv[1]) if len(sys.argv) == 2 else sys.argv[1:]
    os.environ["KMODWATCH"] = program
    if mode == "--record":
        record()
    lines = recorded("scene") + recorded("kinds")
    faults = [*line_faults(lines), *document_faults(lines), *(guest_faults() if mode == "--guest" else ())]
    for fault in faults:
        print(fault, file=sys.stderr)
    where = f", and a guest of {KERNEL}" if mode == "--guest" else ""
    print(f"  examples   {len(lines)} recorded lines{where}: {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
