# SPDX-License-Identifier: BSD-2-Clause
"""The guest's acting programs, built from guest/*.c when a source is newer: 64-bit `act`, 32-bit `act32`."""
import os
import threading

import foreign
from place import BUILD, GUEST, STRICT, need, run

FLAGS = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", *STRICT, "-static", "-pthread"]
MENDS = {"act": "is the C library's development package there? apt-get install libc6-dev",
         "act32": "this builds a 32-bit program: apt-get install gcc-multilib"}


def compilers(arch):
    """By program, what compiles it."""
    if not arch.own:
        return {name: foreign.compiler(of) for name, of in arch.acts.items()}
    gcc = need("gcc", "gcc")
    # libc6-dev-i386 has no headers of its own: the 64-bit ones serve both
    return {"act": [gcc], "act32": [gcc, "-m32", f"-I/usr/include/{arch.triple}"]}


def programs(arch):
    sources = sorted(GUEST.glob("*.c"))
    if not sources:
        return []
    newest = max(path.stat().st_mtime for path in [*sources, *GUEST.glob("*.h")])
    folder = BUILD / "guest" / ("" if arch.own else arch.name)
    folder.mkdir(parents=True, exist_ok=True)
    built = []
    for name, compiler in compilers(arch).items():
        program = folder / name
        if not program.exists() or program.stat().st_mtime < newest:
            part = folder / f".{name}.{os.getpid()}.{threading.get_ident()}.part"  # boots run side by side
            run([*compiler, *FLAGS, "-o", part, *sources], mend=MENDS[name] if arch.own else "")
            part.rename(program)
        built.append(program)
    return built
