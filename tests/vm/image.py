# SPDX-License-Identifier: BSD-2-Clause
"""The guest's initramfs, in two parts: a cached base (tools, libraries, modules), and what changes from run to run."""
import fcntl
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import foreign
import guest
import hiding
import modules
from arches import ARCHES
from cpio import Cpio
from place import GUEST, HERE, IMAGES, MONITOR, need, run

# The guest's shell is dash: busybox's own would run its insmod instead of kmod's, whatever PATH says.
PROGRAMS = {"busybox": "busybox-static", "kmod": "kmod", "dash": "dash", "bash": "bash",
            "mkfs.btrfs": "btrfs-progs"}
KMOD_NAMES = ("depmod", "insmod", "lsmod", "modinfo", "modprobe", "rmmod")
FOLDERS = ("dev", "proc", "sys", "run", "mnt", "root", "var", "m", "cases", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64")
FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"
                  "user:x:1000:1000:user:/home/user:/bin/sh\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\nuser:x:1000:\n",
    "etc/hostname": "guest\n",
    "etc/machine-id": "34dc0b5e626f2c5c4c5170e34b10e765\n",
    "etc/profile": "export PATH=/usr/local/bin:/usr/sbin:/usr/bin HOME=/root TERM=${TERM:-linux} PS1='guest # '\n",
}


def libraries(program, arch=ARCHES["amd64"]):
    """The shared libraries of a program, as (path in the guest, host file); none when it is static. Those too that it
    loads only when it wants them, as its notes say (kmod since 33 does so with the libraries that unpack modules)."""
    if not arch.own:
        return foreign.libraries(arch.name, program)
    listed = subprocess.run([need("ldd", "libc-bin"), program], capture_output=True, text=True, check=False).stdout
    found = re.findall(r"(/\S+) \(0x", listed)
    folders = {os.path.dirname(path) for path in found}
    wanted = {name.decode() for names in re.findall(rb'"soname":\[([^]]*)\]', Path(program).read_bytes())
              for name in re.findall(rb'"([^"]+)"', names)}
    found += sorted({os.path.join(folder, name) for folder in folders for name in wanted
                     if os.path.exists(os.path.join(folder, name))})
    return sorted({("usr" + path if path.startswith("/lib") else path.lstrip("/"), os.path.realpath(path))
                   for path in found})


def base(kernel, everything=False):
    """The cached part. Its name tells what it was made from, so a changed ingredient makes a new one."""
    programs = [need(name, package) if kernel.arch.own else foreign.program(kernel.arch.name, name)
                for name, package in PROGRAMS.items()]
    made_from = [kernel.version, everything]
    for path in (*programs, *(HERE / name for name in ("image.py", "modules.py", "cpio.py", "hiding.py", "arches.py", "foreign.py")), hiding.SOURCE):
        made_from.append(hashlib.sha256(Path(path).read_bytes()).hexdigest())
    key = hashlib.sha256(repr(made_from).encode()).hexdigest()[:12]
    name = f"{kernel.row}{'-all' if everything else ''}"
    image = IMAGES / f"{name}-{key}.cpio"
    if image.exists():
        return image
    IMAGES.mkdir(parents=True, exist_ok=True)
    with open(IMAGES / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # boots side by side: the second would take away the first's
        if not image.exists():
            _make_base(image, name, kernel, everything, programs)
    return image


def _make_base(image, name, kernel, everything, programs):
    with tempfile.NamedTemporaryFile(dir=IMAGES, prefix=".part-", delete=False) as part:
        try:
            with Cpio(part) as archive:
                _tools(archive, programs, kernel.arch)
                _modules(archive, kernel, everything)
            for stale in IMAGES.glob(f"{name}-????????????.cpio"):
                stale.unlink(missing_ok=True)
            os.rename(part.name, image)
        except BaseException:
            os.unlink(part.name)
            raise


def _tools(archive, programs, arch):
    for folder in FOLDERS:
        archive.folder(folder)
    archive.folder("tmp", 0o1777)
    archive.folder("home/user", owner=1000)
    for name in ("bin", "sbin", "lib", "lib64"):  # merged /usr, as on Debian
        archive.link(name, f"usr/{name}")
    archive.device("dev/console", 5, 1)
    needed = set()
    for program in programs:
        archive.file(f"usr/bin/{Path(program).name}", program)
        needed |= set(libraries(program, arch))
    for path, source in sorted(needed):
        archive.file(path, source)
    archive.link("usr/bin/sh", "dash")
    for name in run([need("busybox", "busybox-static"), "--list"]).split():
        if name in KMOD_NAMES:
            archive.link(f"opt/busybox/{name}", "/usr/bin/busybox")
        elif name not in ("busybox", "sh"):
            archive.link(f"usr/bin/{name}", "busybox")
    for name in KMOD_NAMES:
        archive.link(f"usr/sbin/{name}", "../bin/kmod")
    for path, text in FILES.items():
        archive.text(path, text)


def _modules(archive, kernel, everything):
    def here(names):
        return [kernel.arch.words.get(name, name) for name in names]

    tree = modules.Tree(kernel)
    if everything:
        folder(archive, kernel.folder / "modules", "usr")
    else:
        with tempfile.TemporaryDirectory(dir=IMAGES, prefix=".modules-") as scratch:
            tree.copy(modules.CHANNEL + here(modules.SUBJECTS), Path(scratch))
            folder(archive, Path(scratch), "usr")
    for name in here(modules.PLAIN):
        archive.text(f"m/{name}.ko", tree.plain(name))
    for name, image in hiding.build(kernel, tree.plain(hiding.HOST)).items():
        archive.text(f"m/{name}.ko", image)
    for name in modules.FIFTY:
        archive.text(f"m50/{name}.ko", tree.plain(name))


def folder(archive, source, target):
    """A host folder's files, in an order that does not change."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            archive.file(f"{target}/{path.relative_to(source)}".lstrip("/"), path)


def monitor(arch):
    """The program under test."""
    return MONITOR if arch.own else foreign.monitor(arch.name)


def variable(path, job, arch, cases=()):
    """What is packed anew for each boot: the program under test, the guest's own programs, the job and its cases."""
    with open(path, "wb") as out, Cpio(out) as archive:
        archive.file("init", GUEST / "init", 0o755)
        for script in sorted(GUEST.glob("*.sh")):
            archive.file(f"usr/lib/vm/{script.name}", script)
        for program in guest.programs(arch):
            archive.file(f"usr/bin/{program.name}", program)
        program = monitor(arch)
        if program.exists():
            archive.file("usr/bin/kmodwatch", program)
            for library, source in libraries(program, arch):
                archive.file(library, source)
        archive.text("usr/lib/vm/job", "".join(f"{name}={_quoted(value)}\n" for name, value in job.items()))
        for number, case in enumerate(cases):
            case.pack(archive, f"cases/{number:03d}-{case.name}")


def _quoted(text):
    """Text as one word for the guest's shell."""
    return "'" + str(text).replace("'", "'\\''") + "'"
