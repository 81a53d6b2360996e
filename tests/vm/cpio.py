# SPDX-License-Identifier: BSD-2-Clause
"""Writes an initramfs archive (cpio, "newc" format), so that device nodes and owners need no root and no tool."""
import os
import stat


class Cpio:
    """Archives may be appended to each other: the kernel unpacks them in order."""

    def __init__(self, out):
        self.out = out
        self.inode = 0
        self.made = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._entry("TRAILER!!!", 0)

    def _entry(self, name, mode, data=b"", device=(0, 0), owner=0):
        self.inode += 1
        encoded = os.fsencode(name) + b"\0"
        fields = (self.inode, mode, owner, owner, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
        self._write(b"070701" + b"".join(b"%08X" % field for field in fields) + encoded)
        self._write(data)

    def _write(self, data):
        self.out.write(data)
        self.out.write(b"\0" * (-len(data) % 4))

    def _parents(self, name):
        parent = os.path.dirname(name)
        if parent and parent not in self.made:
            self.folder(parent)

    def folder(self, name, mode=0o755, owner=0):
        self._parents(name)
        self.made.add(name)
        self._entry(name, stat.S_IFDIR | mode, owner=owner)

    def link(self, name, target):
        self._parents(name)
        self._entry(name, stat.S_IFLNK | 0o777, os.fsencode(target))

    def text(self, name, data, mode=0o644):
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, data.encode() if isinstance(data, str) else data)

    def file(self, name, source, mode=None):
        """A host file, under its own mode unless told otherwise."""
        with open(source, "rb") as opened:
            self.text(name, opened.read(), os.stat(source).st_mode & 0o777 if mode is None else mode)

    def device(self, name, major, minor):
        self._parents(name)
        self._entry(name, stat.S_IFCHR | 0o600, device=(major, minor))
