# SPDX-License-Identifier: BSD-2-Clause
"""What the documents refer to: files, make's targets and the kernels that are tested are there."""
import re

from documents import MARKDOWN, TOP

# NAME stands for what its reader chooses.
FILE = re.compile(r"`((?:\.github|bpf|tests|user|vmlinux)/[\w./*-]+)`")
LINK = re.compile(r"\]\(([\w./-]+)\)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]+)(?=[ `,;:.]|$)", re.MULTILINE)


def targets():
    text = "\n".join(path.read_text(encoding="utf-8") for path in [TOP / "Makefile", *(TOP / "user/dist").glob("*.mk")])
    return {name for line in re.findall(r"^([a-z][a-z -]*):", text, re.MULTILINE) for name in line.split()}


def faults():
    known = targets()
    for name in MARKDOWN:
        text = (TOP / name).read_text(encoding="utf-8")
        # the paths in the VM's README are those of its folder
        for path in (FILE.findall(text) if "tests/vm" not in name else []) + LINK.findall(text):
            if not list(TOP.glob(path.replace("NAME", "*"))):
                yield f"{name}: there is no {path}"
        code = "\n".join(re.findall(r"`[^`\n]+`|^    .*$", text, re.MULTILINE))
        yield from (f"{name}: there is no `make {target}`" for target in TARGET.findall(code) if target not in known)
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^(\w[\w.]*) ", (TOP / "tests/vm/kernels.list").read_text(encoding="ascii"), re.MULTILINE)
    yield from (f"README.md does not name the kernel {row}, on which it is tested"
                for row in rows if not re.search(rf"(?<![\w.]){re.escape(row)}(?!\.?\w)", readme))
