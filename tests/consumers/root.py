# SPDX-License-Identifier: BSD-2-Clause
"""A folder with Debian 12's own log daemons and viewers, only unpacked: rsyslog and syslog-ng cannot be installed side by
side, and a developer's machine keeps the log daemon that it has."""
import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "tests" / "vm"))

from apt import Suite  # noqa: E402
from place import need, run, steps  # noqa: E402

SUITE = "bookworm"
# Each set by itself, with what it depends on. dash: logrotate's scripts. bsdutils: logger.
SETS = (("rsyslog", "rsyslog-relp", "systemd", "lnav", "jq", "sqlite3", "logrotate", "dash", "bsdutils", "coreutils"), ("syslog-ng-core",))
# What Debian's dependencies bring along, and nothing here runs.
UNNEEDED = re.compile(r"perl|libfile-find-rule-|libnumber-compare-|libtext-glob-|cron|usrmerge|sgml-base|debconf|adduser|dpkg")
FOLDER = TOP / "build" / "consumers"


def closure(suite, packages):
    said = suite.apt("apt-get", "install", "-s", "-y", "--no-install-recommends", *packages)
    return {name for name in re.findall(r"^Inst (\S+)", said, re.MULTILINE) if not UNNEEDED.match(name)}


def root():
    """The folder. Its name tells what it was made from; it appears with one rename."""
    key = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    made = FOLDER / f"root-{key}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for stale in FOLDER.glob("root-*"):
                shutil.rmtree(stale)
            _make(made)
    return made


def _make(made):
    suite = Suite(SUITE)
    suite.update()
    packages = sorted(set().union(*(closure(suite, packages) for packages in SETS)))
    steps.say(f"consumers: {sum(size for _, size, *_ in suite.files(packages)) / 1e6:.0f} MB from Debian {SUITE}")
    with tempfile.TemporaryDirectory(prefix=".root-", dir=FOLDER) as scratch:
        tree = Path(scratch) / "root"
        for name in ("bin", "sbin", "lib", "lib64"):  # merged /usr, into which packages' old paths lead
            (tree / "usr" / name).mkdir(parents=True)
            (tree / name).symlink_to(f"usr/{name}")
        for archive in suite.download(packages):
            unpack = subprocess.Popen([need("dpkg-deb", "dpkg"), "--fsys-tarfile", archive], stdout=subprocess.PIPE)
            run(["tar", "-x", "-C", tree, "--keep-directory-symlink"], stdin=unpack.stdout)
            if unpack.wait():
                raise OSError(f"dpkg-deb could not unpack {archive}")
        for name in ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info"):
            shutil.rmtree(tree / name, ignore_errors=True)
        (tree / "bin/sh").unlink(missing_ok=True)
        (tree / "bin/sh").symlink_to("dash")
        tree.rename(made)
