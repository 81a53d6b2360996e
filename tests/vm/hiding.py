# SPDX-License-Identifier: BSD-2-Clause
"""Modules that hide, for a kernel of the matrix.

kbuild would have to be the kernel's own, and that of a newer Debian does not run on this one's libc. So a small module of
the kernel's takes our init function: compiled against the kernel's own types (its BTF), linked to the module, and put in
the place of its init by editing one relocation. It has no exit, so that it stays.
"""
import struct
import subprocess
import tempfile
from pathlib import Path

import foreign
from place import CASES, Trouble, need, run

SOURCE = CASES.parent / "hiding" / "hide.c"
HOST = "mac-celtic"
FLAGS = ("-c -O2 -std=gnu11 -w -fno-pic -fno-pie -ffreestanding -fno-asynchronous-unwind-tables "
         "-fno-stack-protector").split()
# By file: the init, and the module's name, where it is another than the file's.
KINDS = {
    "hide_list": ("hide_list", None),
    "hide_sysfs": ("hide_sysfs", None),
    "hide_asleep": ("hide_asleep", None),
    "hide_later": ("hide_later", None),
    "slow": ("slow", None),
    "slow_failure": ("slow_failure", None),
    "long_init": ("long_init", None),
    "long_failure": ("long_failure", None),
    "name_break": ("hide_nothing", "x\ny"),
    "name_line": ("hide_nothing", "hide_list 16384 0 - Live 0x0000000000000000\nz"),
    "name_slash": ("hide_nothing", "a/b"),
    "name_dots": ("hide_nothing", "../module/dummy"),
}
NAME_AT, NAME_SIZE = 24, 56  # in struct module, on every kernel: an enum, a list, then the name


def build(kernel, host):
    """{name: image}, from the bytes of the host module."""
    with tempfile.TemporaryDirectory(prefix="kmodwatch-hiding-") as scratch:
        folder = Path(scratch)
        (folder / "vmlinux.h").write_text(run([need("bpftool", "bpftool"), "btf", "dump", "file", kernel.folder / "btf",
                                               "format", "c"]))
        (folder / "host.ko").write_bytes(host)
        compiler, linker = ["gcc"], "ld"
        if not kernel.arch.own:  # lld 14 crashes on 7.2's modules
            compiler, linker = foreign.compiler(kernel.arch.name), foreign.linker(kernel.arch.name)
        _do([*compiler, *FLAGS, *kernel.arch.cflags, f'-DVMLINUX="{folder}/vmlinux.h"', SOURCE, "-o", folder / "hide.o"])
        _do([linker, "-r", folder / "host.ko", folder / "hide.o", "-o", folder / "whole.ko"])
        whole = (folder / "whole.ko").read_bytes()
        return {kind: _with_init(whole, init, name or kind) for kind, (init, name) in KINDS.items()}


def _do(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"{command[0]}: {done.stderr.strip()[-500:]}")


class Elf:
    """As much of a 64-bit ELF file as is needed to find a section and the names of its relocations' symbols."""

    def __init__(self, image):
        self.image = image
        start, = struct.unpack_from("<Q", image, 0x28)
        size, count, names = struct.unpack_from("<HHH", image, 0x3A)
        self.headers = [struct.unpack_from("<IIQQQQIIQQ", image, start + i * size) for i in range(count)]
        self.sections = {self._text(names, header[0]): header for header in self.headers}
        table = self.sections[".symtab"]
        self.symbols = [self._text(table[6], struct.unpack_from("<I", image, at)[0])
                        for at in range(table[4], table[4] + table[5], 24)]

    def _text(self, table, offset):
        start = self.headers[table][4] + offset
        return bytes(self.image[start:self.image.index(0, start)]).decode()


def _with_init(whole, init, name):
    image = bytearray(whole)
    elf = Elf(image)
    module = elf.sections[".gnu.linkonce.this_module"]
    relocations = elf.sections[".rela.gnu.linkonce.this_module"]
    for at in range(relocations[4], relocations[4] + relocations[5], 24):
        info, = struct.unpack_from("<Q", image, at + 8)
        if elf.symbols[info >> 32] == "init_module":
            struct.pack_into("<Q", image, at + 8, elf.symbols.index(init) << 32 | info & 0xFFFFFFFF)
        else:  # the exit
            struct.pack_into("<Q", image, at + 8, 0)
    start = module[4] + NAME_AT
    image[start:start + NAME_SIZE] = name.encode().ljust(NAME_SIZE, b"\0")
    return bytes(image)
