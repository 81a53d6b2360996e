# SPDX-License-Identifier: BSD-2-Clause
"""user/layout.c: the size of each struct that crosses the ring or lies in a map, and the place of each member, by number
of the layout. layout.py CC FORCE: asks the compiler anew."""
import pathlib
import re
import subprocess
import sys

HEADERS = ("bpf/records.h", "bpf/map_values.h", "user/handover.h")
OUT = pathlib.Path("user/layout.c")
HEAD = """// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is pinned is read by other builds, as far as their layout has the same number. So a change of what records.h,
 * map_values.h and handover.h lay out does not compile without a new number: raise KMODWATCH_LAYOUT, then `make
 * layout`, which makes this file.
 */
#include "handover.h"

#include <stddef.h>

#define SIZE(of, size) _Static_assert(sizeof(of) == (size), "another layout needs a new number")
#define AT(of, member, at) _Static_assert(offsetof(of, member) == (at), "another layout needs a new number")

"""


def members_of(body):
    depth = 0
    for line in body.split("\n"):
        opens, closes = line.count("{"), line.count("}")
        depth += opens - closes
        if depth or not line.strip().endswith(";") and "}" not in line:
            continue
        for part in line.strip().rstrip(";").split(","):
            found = re.search(r"(\w+)\s*(?:\[[^\]]*\]\s*)*$", part.strip())
            if found:
                yield found.group(1)


def structs():
    for header in HEADERS:
        text = re.sub(r"/\*.*?\*/", "", pathlib.Path(header).read_text(encoding="utf-8"), flags=re.S)
        for found in re.finditer(r"^((?:struct|union) \w+) \{\s*\n(.*?)^\};", text, flags=re.S | re.M):
            yield found.group(1), list(members_of(found.group(2)))


def ask(compiler):
    lines = ['#include "user/handover.h"', "#include <stdio.h>", "int main(void)", "{"]
    for name, members in structs():
        lines.append(f'printf("SIZE({name}, %zu);\\n", sizeof({name}));')
        for member in members:
            lines.append(f'printf("AT({name}, {member}, %zu);\\n", offsetof({name}, {member}));')
    lines += ['printf("LAYOUT %d\\n", LAYOUT);', "}"]
    program = pathlib.Path("build/layout")
    program.parent.mkdir(exist_ok=True)
    subprocess.run([*compiler.split(), "-std=gnu11", "-D_GNU_SOURCE", "-I.", "-x", "c", "-", "-o", str(program)],
                   input="\n".join(lines), text=True, check=True)
    told = subprocess.run([str(program)], stdout=subprocess.PIPE, text=True, check=True).stdout
    figures, _, number = told.rpartition("LAYOUT ")
    return figures, int(number)


def main(compiler, force):
    figures, number = ask(compiler)
    text = (f"{HEAD}#if KMODWATCH_LAYOUT == {number}\n{figures}#elif KMODWATCH_LAYOUT < 99 /* the tests build 99 */\n"
            '#error "the layout has a new number: make layout"\n#endif\n')
    old = OUT.read_text(encoding="utf-8") if OUT.exists() else ""
    if text != old and f"KMODWATCH_LAYOUT == {number}\n" in old and not force:
        sys.exit(f"layout: another layout is to have the number {number} too: raise KMODWATCH_LAYOUT in bpf/records.h "
                 "(FORCE=1 where that number was never released)")
    OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["1"])
