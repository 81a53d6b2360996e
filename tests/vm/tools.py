# SPDX-License-Identifier: BSD-2-Clause
"""The tools that this machine lends to the guests: which version, and so which way they load a module."""
import functools
import re

from place import Trouble, need, run

ASKED = {"kmod": ["--version"], "busybox": []}  # each says its version in its first line


@functools.lru_cache(None)
def version(name):
    """(major, minor), as the tool says it itself."""
    first = run([need(name, name), *ASKED[name]]).splitlines()[0]
    found = re.search(r"v(?:ersion )?(\d+)(?:\.(\d+))?", first)
    if not found:
        raise Trouble(f"{name} says no version that can be read: {first}")
    return int(found.group(1)), int(found.group(2) or 0)
