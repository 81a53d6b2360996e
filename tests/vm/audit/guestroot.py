# SPDX-License-Identifier: BSD-2-Clause
"""What the guest has besides the common image: the real auditctl and auditd, and the program that performs the acts."""
import fcntl
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from apt import Suite, own_suite  # noqa: E402
from image import libraries  # noqa: E402
from place import BUILD, STRICT, TOP, need, run  # noqa: E402

ROOT = BUILD / "audit" / "root"
ACTS = BUILD / "audit" / "acts"
ACCEPT = TOP / "build" / "tests" / "vm" / "audit" / "accept"
TOOLS = ("auditctl", "auditd", "augenrules")
CONFIG = """local_events = yes
write_logs = yes
log_file = /var/log/audit/audit.log
log_group = root
log_format = RAW
flush = INCREMENTAL_ASYNC
freq = 1
max_log_file = 0
max_log_file_action = IGNORE
space_left = 2
admin_space_left = 1
space_left_action = IGNORE
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
use_libwrap = no
q_depth = 9000
"""


def fetch():
    """auditd's package and those of the libraries that this machine lacks, unpacked; once."""
    if (ROOT / "done").exists():
        return
    suite = Suite(own_suite())
    suite.update()
    lacking = [name for name in closure(suite, "auditd") if name.startswith("lib") and not is_installed(name)]
    ROOT.mkdir(parents=True, exist_ok=True)
    for deb in suite.download(["auditd", *lacking]):
        run(["dpkg-deb", "-x", deb, ROOT])
    (ROOT / "done").touch()


def is_installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package], capture_output=True, text=True, check=False)
    return done.stdout == "installed"


def closure(suite, package):
    """All that a package needs, by name."""
    found, left = set(), [package]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += suite.depends(name)
    return sorted(found)


def build_acts():
    source = HERE / "acts.c"
    if not ACTS.exists() or ACTS.stat().st_mtime < source.stat().st_mtime:
        run([need("gcc", "gcc"), "-std=gnu11", "-O1", "-Wall", "-Wextra", *STRICT, "-static", "-no-pie", "-o", ACTS, source])


def _found(name):
    for folder in ("sbin", "usr/sbin"):
        if (ROOT / folder / name).exists():
            return ROOT / folder / name
    raise FileNotFoundError(name)


class Pack:
    """Goes into the boot's archive where a case would."""
    name = "audit"

    def __init__(self, files):
        self.files = files  # path in the guest: text

    def pack(self, archive, _folder):
        BUILD.mkdir(parents=True, exist_ok=True)
        with open(BUILD / "audit.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # guests side by side share them
            fetch()
            build_acts()
        unpacked = sorted(ROOT.rglob("*.so.*"))
        added = set()
        for name in TOOLS:
            archive.file(f"usr/sbin/{name}", _found(name))
        for program in (*map(_found, TOOLS), *unpacked):
            for path, source in libraries(program):  # of this machine
                if path not in added:
                    added.add(path)
                    archive.file(path, source)
        for library in unpacked:
            archive.file(f"usr/lib/x86_64-linux-gnu/{library.name}", library.resolve())
        archive.file("usr/bin/acts", ACTS)
        if ACCEPT.exists():
            archive.file("usr/bin/accept", ACCEPT)
        archive.text("etc/audit/auditd.conf", CONFIG, 0o640)
        archive.text("etc/libaudit.conf", "failure_action = ignore\n")
        archive.folder("var/log/audit")
        archive.link("var/run", "../run")
        archive.file("usr/lib/vm/audit.sh", HERE / "guest.sh")
        for path, text in self.files.items():
            archive.text(path, text, 0o640)
