# SPDX-License-Identifier: BSD-2-Clause
"""The guest for the service's tests: a real Debian with systemd, udev, journald and auditd, as an initramfs; of this
machine's suite, since what is tested is built with its libraries.

Three archives that the kernel unpacks in order: the Debian root (made once), a kernel row's modules, and what is tested.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import image  # noqa: E402
import guest  # noqa: E402
import modules  # noqa: E402
from apt import KEYRING, mirror, own_suite  # noqa: E402
from arches import ARCHES  # noqa: E402
from cpio import Cpio  # noqa: E402
from place import BUILD, IMAGES, MONITOR, TOP, Trouble, need, run  # noqa: E402

PACKAGES = ("systemd", "systemd-sysv", "udev", "dbus", "kmod", "auditd", "procps", "jq", "libbpf1", "libjson-c5", "libcap-ng0",
            "libaudit1", "libsystemd0", "libelf1", "libssl3")
# What udev finds on the guest's own hardware, besides the channel to the host.
FOUND = ("virtio_rng", "evdev", "button", "serio_raw", "psmouse", "pcspkr", "crc32_pclmul", "crct10dif_pclmul", "aesni_intel",
         "ghash_clmulni_intel")
# Left out to boot quicker: what no test looks at.
MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer", "getty@tty1.service",
          "serial-getty@ttyS0.service", "systemd-timesyncd.service", "dpkg-db-backup.timer", "systemd-update-utmp.service",
          "systemd-update-utmp-runlevel.service", "systemd-logind.service", "systemd-user-sessions.service", "systemd-hwdb-update.service",
          "systemd-resolved.service", "systemd-networkd.service", "systemd-pcrphase.service", "systemd-machine-id-commit.service",
          "systemd-random-seed.service", "ldconfig.service", "systemd-journal-flush.service", "systemd-journal-catalog-update.service",
          "systemd-update-done.service")
UNNEEDED = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/i18n", "usr/share/info", "usr/lib/python3", "var/lib/apt",
            "var/cache", "usr/lib/x86_64-linux-gnu/gconv", "usr/share/zoneinfo", "usr/lib/udev/hwdb.d", "usr/share/perl",
            "usr/lib/x86_64-linux-gnu/perl", "usr/lib/firmware", "usr/share/bug")


# The search for leaks traces the program, which the unit's filter of system calls refuses; the matrix searches.
UNTRACED = "[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0\n"


def _kept(name, made_from, make):
    """A cached archive under a name that tells what it was made from."""
    key = hashlib.sha256(repr(made_from).encode()).hexdigest()[:12]
    archive = IMAGES / f"{name}-{key}.cpio"
    if archive.exists():
        return archive
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=IMAGES, prefix=".part-", delete=False) as part:
        try:
            make(part)
            for stale in IMAGES.glob(f"{name}-????????????.cpio"):
                stale.unlink(missing_ok=True)
            os.rename(part.name, archive)
        except BaseException:
            os.unlink(part.name)
            raise
    return archive


def debian():
    return _kept("debian", (own_suite(), PACKAGES, MASKED, UNNEEDED, (HERE / "root.py").read_bytes()), _make_debian)


def _make_debian(out):
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD, prefix=".debian-") as scratch:
        root = Path(scratch) / "root"
        source = f"deb [signed-by={KEYRING}] {mirror()} {own_suite()} main"
        run([need("mmdebstrap", "mmdebstrap"), "--quiet", "--mode=root", "--variant=essential", f"--include={','.join(PACKAGES)}",
             "--format=directory", own_suite(), root, source])
        for folder in UNNEEDED:
            shutil.rmtree(root / folder, ignore_errors=True)
        (root / "etc/hostname").write_text("guest\n")
        (root / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
        (root / "etc/fstab").write_text("")
        (root / "init").symlink_to("usr/lib/systemd/systemd")
        for unit in MASKED:
            link = root / "etc/systemd/system" / unit
            link.unlink(missing_ok=True)
            link.symlink_to("/dev/null")
        names = subprocess.run([need("find", "findutils"), ".", "-xdev", "-print0"], cwd=root, check=True, capture_output=True).stdout
        subprocess.run([need("cpio", "cpio"), "--quiet", "-0", "-o", "-H", "newc"], cwd=root, check=True, input=names, stdout=out)


def kernel_modules(kernel):
    def make(out):
        with Cpio(out) as archive:
            tree = modules.Tree(kernel)
            wanted = [name for name in FOUND if tree.has(name)]
            with tempfile.TemporaryDirectory(dir=IMAGES, prefix=".modules-") as scratch:
                tree.copy(modules.CHANNEL + modules.SUBJECTS + wanted, Path(scratch))
                image.folder(archive, Path(scratch), "usr")
            for name in modules.PLAIN:
                archive.text(f"m/{name}.ko", tree.plain(name))

    made_from = (kernel.version, FOUND, modules.CHANNEL, modules.SUBJECTS, modules.PLAIN, (HERE / "root.py").read_bytes())
    return _kept(f"service-{kernel.row}", made_from, make)


def install(folder):
    run([need("make", "make"), "--no-print-directory", "install", f"DESTDIR={folder}", "PREFIX=/usr"], cwd=TOP)


def recipe(target):
    """What make would execute: the guest has no make."""
    return subprocess.run([need("make", "make"), "--no-print-directory", "-n", target, "PREFIX=/usr"], cwd=TOP, check=True,
                          capture_output=True, text=True).stdout


def installed(folder, archive):
    """What `make install` put into the folder, and what the scenarios take its place with."""
    archive.folder("var/lib/kmodwatch", 0o700)
    for build in ("other-programs", "other-layout"):
        archive.file(f"usr/lib/vm/{build}", other_build(build))
    image.folder(archive, Path(folder), "")
    if MONITOR != TOP / "build" / "kmodwatch":  # another build in its place, as with sanitizers, and what that needs
        archive.file("usr/sbin/kmodwatch", MONITOR, 0o755)
        for library, source in image.libraries(MONITOR):
            archive.file(library, source)
        archive.text("etc/systemd/system/kmodwatch.service.d/build.conf", UNTRACED)
    archive.link("etc/systemd/system/sysinit.target.wants/kmodwatch.service", "/usr/lib/systemd/system/kmodwatch.service")
    archive.text("usr/lib/vm/uninstall/recipe", recipe("uninstall"))
    archive.file("usr/lib/vm/uninstall/user/dist/kmodwatch.default", TOP / "user/dist/kmodwatch.default")


def other_build(name):
    program = TOP / "build" / name / "kmodwatch"
    if not program.exists():
        raise Trouble(f"{program}, which the upgrades need, is not built: run `make other-builds`")
    return program


# A later version, and one later still with another layout of what is pinned: what differs is the program.
LATER = {"later": ("99.1", "other-programs"), "latest": ("99.2", "other-layout")}


def packages(deb, folder):
    """NAME.deb of three versions in the folder: `now`, which is the file deb, and what LATER has."""
    shutil.copyfile(deb, Path(folder) / "now.deb")
    for name, (version, build) in LATER.items():
        with tempfile.TemporaryDirectory(dir=BUILD, prefix=".package-") as scratch:
            tree = Path(scratch) / "tree"
            run([need("dpkg-deb", "dpkg"), "-R", deb, tree])
            shutil.copyfile(other_build(build), tree / "usr/sbin/kmodwatch")
            control = tree / "DEBIAN/control"
            control.write_text(re.sub(r"(?m)^Version: .*", f"Version: {version}", control.read_text()))
            run([need("dpkg-deb", "dpkg"), "--root-owner-group", "-b", tree, Path(folder) / f"{name}.deb"])


def packaged(folder, archive):
    """The packages that the scenarios install."""
    image.folder(archive, Path(folder), "usr/lib/vm/packages")


def tested(path, subject, scenarios):
    """What is tested, which subject(archive) packs, and the scenarios."""
    with open(path, "wb") as out, Cpio(out) as archive:
        subject(archive)
        for name in ("helpers.sh", "run.sh"):
            archive.file(f"usr/lib/vm/{name}", HERE / name, 0o755)
        archive.text("etc/systemd/system/scenarios.service", (HERE / "scenarios.service").read_text())
        archive.link("etc/systemd/system/multi-user.target.wants/scenarios.service", "../scenarios.service")
        archive.text("etc/modules-load.d/test.conf", "dummy\n")
        for program in guest.programs(ARCHES["amd64"]):
            archive.file(f"usr/lib/vm/{program.name}", program, 0o755)
        for scenario in scenarios:
            archive.file(f"usr/lib/vm/scenarios/{scenario.name}", scenario)
