# SPDX-License-Identifier: BSD-2-Clause
"""Programs, libraries and a compiler of an architecture that is not this machine's: Debian's packages, unpacked and not
installed. The compiler is clang: Debian's cross gcc cannot be installed beside gcc-multilib, which x86's act32 needs."""
import fcntl
import os
import re
import shutil
import tempfile

from apt import Suite, own_suite
from arches import ARCHES
from place import BUILD, TOP, Trouble, need, run, steps

FOLDER = BUILD / "foreign"
TRIPLES = {**{name: arch.triple for name, arch in ARCHES.items()}, "armhf": "arm-linux-gnueabihf"}
LIBC = ("libc6-dev", "libgcc-12-dev", "linux-libc-dev")
PACKAGES = {
    "arm64": (*LIBC, "busybox-static", "kmod", "dash", "bash", "btrfs-progs", "libaudit-dev", "libbpf-dev", "libcap-ng-dev",
              "libelf-dev", "libjson-c-dev", "libssl-dev", "libsystemd-dev", "zlib1g-dev"),
    "armhf": LIBC,
}


def root(arch):
    """Where the packages lie unpacked. It appears with one rename."""
    made = FOLDER / arch
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        listed = " ".join(PACKAGES[arch]) + "\n"
        if not made.exists() or (made / "packages").read_text(encoding="ascii") != listed:
            shutil.rmtree(made, ignore_errors=True)
            _make(made, arch)
            (made / "packages").write_text(listed, encoding="ascii")
    return made


def _make(made, arch):
    suite = Suite(own_suite(), arch)
    steps.say(f"{arch}: reading the package lists of Debian {suite.name}")
    suite.update()
    packages = suite.with_needs(PACKAGES[arch])
    steps.say(f"{arch}: {sum(size for _, size, *_ in suite.files(packages)) / 1e6:.0f} MB from Debian {suite.name}")
    with tempfile.TemporaryDirectory(prefix=f".{arch}-", dir=FOLDER) as scratch:
        tree = FOLDER / scratch / "root"
        for name in ("bin", "sbin", "lib"):  # merged /usr, into which packages' old paths lead
            (tree / "usr" / name).mkdir(parents=True)
            (tree / name).symlink_to(f"usr/{name}")
        for archive in suite.download(packages):
            run(["sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink', "sh", archive, tree])
        _turn_inwards(tree)
        tree.rename(made)


def _turn_inwards(tree):
    """No link leads out of the tree."""
    for path in tree.rglob("*"):
        if path.is_symlink() and path.readlink().is_absolute():
            target = os.path.relpath(tree / path.readlink().relative_to("/"), path.parent)
            path.unlink()
            path.symlink_to(target)


def compiler(arch):
    return [need("clang", "clang lld"), f"--target={TRIPLES[arch]}", f"--sysroot={root(arch)}", "-fuse-ld=lld"]


def linker(arch):
    return need(f"{TRIPLES[arch]}-ld", f"binutils-{TRIPLES[arch]}")


def monitor(arch):
    """The program under test, as `make cross` builds it."""
    return TOP / "build/cross" / arch / "kmodwatch"


def program(arch, name):
    found = [path for folder in ("usr/bin", "usr/sbin") if (path := root(arch) / folder / name).exists()]
    if not found:
        raise Trouble(f"{name} is in none of the {arch} packages: add its package to foreign.py")
    return str(found[0])


def libraries(arch, path):
    """The shared libraries that a program and they themselves need, as (path in the guest, file); none when it is static."""
    found, waiting = {}, [path]
    folder = f"usr/lib/{TRIPLES[arch]}"
    while waiting:
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", run([need("readelf", "binutils"), "-d", waiting.pop()])):
            if name in found:
                continue
            library = root(arch) / folder / name
            if not library.exists():
                raise Trouble(f"{name} is in none of the {arch} packages: add its package to foreign.py")
            found[name] = library.resolve()
            waiting.append(found[name])
    if not found:
        return []
    loader = ARCHES[arch].loader
    return sorted({(f"{folder}/{name}", str(library)) for name, library in found.items()} |
                  {(f"usr/{loader}", str((root(arch) / loader).resolve()))})
