# SPDX-License-Identifier: BSD-2-Clause
"""The guest's acting programs, built from guest/*.c when a source is newer: 64-bit `act`, 32-bit `act32`."""
import os
import threading

from place import BUILD, GUEST, STRICT, need, run

FLAGS = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", *STRICT, "-static", "-pthread"]
# libc6-dev-i386 has no headers of its own: the 64-bit ones serve both.
TARGETS = {"act": [], "act32": ["-m32", "-I/usr/include/x86_64-linux-gnu"]}
MENDS = {"act": "is the C library's development package there? apt-get install libc6-dev",
         "act32": "this builds a 32-bit program: apt-get install gcc-multilib"}


def programs():
    sources = sorted(GUEST.glob("*.c"))
    if not sources:
        return []
    newest = max(path.stat().st_mtime for path in [*sources, *GUEST.glob("*.h")])
    folder = BUILD / "guest"
    folder.mkdir(parents=True, exist_ok=True)
    built = []
    for name, extra in TARGETS.items():
        program = folder / name
        if not program.exists() or program.stat().st_mtime < newest:
            part = folder / f".{name}.{os.getpid()}.{threading.get_ident()}.part"  # boots run side by side
            run([need("gcc", "gcc"), *FLAGS, *extra, "-o", part, *sources], mend=MENDS[name])
            part.rename(program)
        built.append(program)
    return built
