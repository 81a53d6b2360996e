#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""circles.py FOLDER...: no file may need another that needs it. What a.c and a.h include are one file's needs. For that
to show every call, each .c that others call has a header of its own name."""
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def sources(folders):
    for folder in folders:
        for where, _, names in os.walk(folder):
            yield from (os.path.join(where, name) for name in sorted(names) if name.endswith(('.c', '.h')))


def needs(folders):
    """For each file, without its ending: the others that it includes. As the compiler, beside it and in each folder."""
    found = {}
    for path in sources(folders):
        mine = found.setdefault(path[:-2], set())
        for name in INCLUDE.findall(read(path)):
            places = (os.path.normpath(os.path.join(place, name)) for place in (os.path.dirname(path), *folders))
            mine.update(place[:-2] for place in places if os.path.exists(place))
        mine.discard(path[:-2])
    return found


def circles(found):
    """The shortest way from each file that is in a circle back to itself, each circle once."""
    seen = set()
    for start in sorted(found):
        ways = [[start]]
        reached = set()
        for way in ways:
            for next_file in sorted(found.get(way[-1], ()) - reached):
                reached.add(next_file)
                ways.append(way + [next_file])
        back = next((way for way in ways if len(way) > 1 and way[-1] == start), None)
        if back and not seen.intersection(back):
            seen.update(back)
            yield back


def without_header(folders):
    for path in sources(folders):
        if not path.endswith('.c') or path.endswith('.bpf.c') or os.path.exists(path[:-2] + '.h'):
            continue
        text = read(path)
        if re.search(r'^{$', text, re.MULTILINE) and not re.search(r'^int main\(', text, re.MULTILINE):
            yield path


def faults(folders):
    for circle in circles(needs(folders)):
        yield 'these files need each other: ' + ' -> '.join(circle) + '; move what they share into a file of its own'
    for path in without_header(folders):
        yield f'{path} has no header of its own name: declare there what others call'


if __name__ == '__main__':
    found_faults = list(faults(sys.argv[1:]))
    for fault in found_faults:
        print(fault, file=sys.stderr)
    sys.exit(bool(found_faults))
