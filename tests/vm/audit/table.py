# SPDX-License-Identifier: BSD-2-Clause
"""The case table: reading it, and holding verdicts against it."""
import json
import re
from pathlib import Path

CALLS = "-S init_module,finit_module,delete_module -k modules"
MACROS = {"M64": f"-a always,exit -F arch=b64 {CALLS}", "M32": f"-a always,exit -F arch=b32 {CALLS}"}
NAMES = {"init": "init_module", "finit": "finit_module", "delete": "delete_module"}
TOOLS = ("insmod", "rmmod", "modprobe", "kmod")
ABIS = {"64": "x86_64", "32": "i386"}


class Case:
    def __init__(self, name):
        self.name, self.rules, self.expected = name, [], []

    @property
    def text(self):
        return "".join(MACROS.get(line, line) + "\n" for line in self.rules)

    @property
    def profiles(self):
        return sorted({profile for _, _, _, profile in self.expected})


def targets(words):
    """The words before the colon, as (call or path's last part, abi)."""
    found = set()
    for word in words.split():
        if word in ("b64", "b32", "all"):
            found |= {(call, ABIS[bits]) for call in NAMES.values() for bits in ABIS if word in ("all", "b" + bits)}
        elif word == "tools":
            found |= {(tool, abi) for tool in TOOLS for abi in ABIS.values()}
        elif word in TOOLS:
            found |= {(word, abi) for abi in ABIS.values()}
        else:
            found.add((NAMES[word[:-2]], ABIS[word[-2:]]))
    return found


def read(path=Path(__file__).with_name("cases.txt")):
    cases = []
    for line in path.read_text().splitlines():
        if line.startswith("== "):
            cases.append(Case(line[3:]))
        elif line.startswith("=> "):
            match = re.fullmatch(r"=> (?:\[(tomoyo|plain)\] )?([^:]+): (\w+)(?: under (\S+))?", line)
            if not match:
                raise ValueError(f"{path}: {line}")
            where, words, verdict, profile = match.groups()
            cases[-1].expected.append((where, words, verdict, profile or "complete"))
        elif cases and line and not (line.startswith("# ---") or line.startswith("# and more")):
            cases[-1].rules.append(line)
    return cases


def judged(result, side):
    """What the check said: {(call or tool, abi): verdict}."""
    found = {}
    for requirement in result["requirements"]:
        for target in requirement["targets"]:
            name = target.get("syscall") or target["path"].rsplit("/", 1)[1]
            found[(name, target["abi"])] = target[side]["verdict"]
    return found


def compare(case, results, tomoyo):
    """results: {profile: JSON text}. Disagreements, as sentences."""
    trouble = []
    for where, words, verdict, profile in case.expected:
        if where and (where == "tomoyo") != tomoyo:
            continue
        try:
            result = json.loads(results.get(profile, ""))
        except ValueError:
            trouble.append(f"{profile}: no JSON but {results.get(profile)!r}")
            continue
        for side in ("disk", "running"):
            found = judged(result, side)
            for target in sorted(targets(words) & set(found) if profile != "complete" else targets(words)):
                # execve alone: the acts are execve, and the text table is of both
                if found.get(target) != verdict:
                    trouble.append(f"{profile}: {side}: {' '.join(target)}: {found.get(target)}, not {verdict}")
    return trouble
