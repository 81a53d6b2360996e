# SPDX-License-Identifier: BSD-2-Clause
"""The kernels of the test matrix, as kernels.list names them: Debian's kernels, cached under build/vm/kernels/ROW.

A cached row holds vmlinuz, btf, version, and modules/lib/modules/VERSION with depmod's indexes.
"""
import shutil
import tempfile
from dataclasses import dataclass

import vmlinuz
from apt import Suite
from arches import ARCHES
from place import HERE, KERNELS, Trouble, need, run, steps

@dataclass(frozen=True)
class Row:
    suite: str
    arch: str
    flavour: str
    boot: tuple
    marks: set


def read_list():
    """The rows by name, in the list's order."""
    lines = (line.partition("#")[0].split() for line in (HERE / "kernels.list").read_text(encoding="ascii").splitlines())
    return {name: Row(suite, arch, flavour, () if boot == "-" else tuple(boot.split(",")), set(marks.split(",")) - {"-"})
            for name, suite, arch, flavour, boot, marks in filter(None, lines)}


ROWS = read_list()
# What is run where no row is named.
USUAL = [name for name, row in ROWS.items() if "more" not in row.marks]


def marked(mark):
    """The rows with this mark."""
    return [name for name, row in ROWS.items() if mark in row.marks]


class Kernel:
    """One row of the matrix, already fetched."""

    def __init__(self, row):
        if row not in ROWS:
            raise Trouble(f"there is no kernel row {row!r}: the rows are {', '.join(ROWS)}")
        self.row, self.marks, self.arch = row, ROWS[row].marks, ARCHES[ROWS[row].arch]
        self.cpus = next((int(word[4:]) for word in ROWS[row].boot if word.startswith("smp=")), None)
        self.args = " ".join(word for word in ROWS[row].boot if not word.startswith("smp="))
        self.preempts = "preempts" in self.marks or "preempt=full" in self.args
        self.folder = KERNELS / row
        if not (self.folder / "version").exists():
            fetch(row)
        self.version = (self.folder / "version").read_text().strip()
        self.release = tuple(int(part) for part in self.version.split("-")[0].split("+")[0].split(".")[:2])
        self.vmlinuz = self.folder / "vmlinuz"
        self.btf = self.folder / "btf"
        self.modules = self.folder / "modules" / "lib" / "modules" / self.version


def packages(suite, flavour):
    """The packages that hold image and modules: sid splits what older suites keep in one."""
    meta = f"linux-image-{flavour}-{suite.arch}"
    image = next((name for name in suite.depends(meta) if name.startswith("linux-image-")), None)
    if not image:
        raise Trouble(f"{meta} in {suite.name} depends on no linux-image package: look at `apt-cache show` of it")
    parts = [name for name in suite.depends(image) if name.startswith(("linux-binary-", "linux-modules-"))]
    return parts or [image]


def fetch(row):
    """Download and unpack one row. The row appears with one rename, so a killed run leaves nothing half made."""
    for program, package in (("dpkg-deb", "dpkg"), ("depmod", "kmod")):
        need(program, package)
    KERNELS.mkdir(parents=True, exist_ok=True)
    suite = Suite(ROWS[row].suite, ROWS[row].arch)
    steps.say(f"kernel {row}: reading the package lists of Debian {suite.name}")
    suite.update()
    wanted = packages(suite, ROWS[row].flavour)
    steps.say(f"kernel {row}: {sum(size for _, size, *_ in suite.files(wanted)) / 1e6:.0f} MB from Debian {suite.name}")
    with tempfile.TemporaryDirectory(prefix=f".{row}-", dir=KERNELS) as scratch:
        work = KERNELS / scratch
        (work / "tree").mkdir()
        for deb in suite.download(wanted):
            run(["dpkg-deb", "-x", deb, work / "tree"])
        arrange(work / "tree", work / "row")
        try:
            (work / "row").rename(KERNELS / row)
        except OSError:
            if not (KERNELS / row / "version").exists():  # else another run was quicker
                raise


def arrange(tree, row):
    """From a package's layout, whichever it is, to ours."""
    modules = next(path.parent for path in tree.glob("**/lib/modules/*/kernel"))
    version = modules.name
    (row / "modules/lib/modules").mkdir(parents=True)
    shutil.copy(next(path for path in tree.rglob("vmlinuz*") if path.is_file()), row / "vmlinuz")
    shutil.move(str(modules), row / "modules/lib/modules" / version)
    for name in ("build", "source", "vmlinuz", "System.map"):
        (row / "modules/lib/modules" / version / name).unlink(missing_ok=True)
    run([need("depmod", "kmod"), "-b", row / "modules", version])
    (row / "btf").write_bytes(vmlinuz.btf(row / "vmlinuz"))
    (row / "version").write_text(version + "\n")
