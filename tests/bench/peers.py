# SPDX-License-Identifier: BSD-2-Clause
"""What people use today, for the guest: Debian's auditd and bpftrace, with the libraries that they need."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "vm"))

from apt import Suite  # noqa: E402
from image import libraries  # noqa: E402
from place import BUILD, STRICT, Trouble, need, run  # noqa: E402

ROOT = BUILD / "peers"
COST = BUILD / "cost"
PACKAGES = ("auditd", "bpftrace")
PROGRAMS = ("sbin/auditd", "sbin/auditctl", "usr/bin/bpftrace")


def fetch():
    """The packages and all that they depend on, unpacked; once."""
    if (ROOT / "versions").exists():
        return
    suite = Suite("bookworm")
    suite.update()
    suite.apt("apt-get", "install", "-q", "-y", "--download-only", "--no-install-recommends", *PACKAGES)
    scratch = ROOT.with_suffix(".part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    versions = []
    for deb in sorted((suite.folder / "cache/archives").glob("*.deb")):
        run(["dpkg-deb", "-x", deb, scratch])
        name, version = run(["dpkg-deb", "-W", deb]).split()
        if name in PACKAGES:
            versions.append(f"{name} {version}\n")
    (scratch / "versions").write_text("".join(versions))
    shutil.rmtree(ROOT, ignore_errors=True)
    scratch.rename(ROOT)


def versions():
    return dict(line.split() for line in (ROOT / "versions").read_text().splitlines())


def _libraries(program):
    """As (path in the guest, file): the packages' own, not this machine's."""
    folders = f"{ROOT}/usr/lib/x86_64-linux-gnu:{ROOT}/lib/x86_64-linux-gnu"
    listed = subprocess.run([need("ldd", "libc-bin"), program], capture_output=True, text=True, check=False,
                            env={**os.environ, "LD_LIBRARY_PATH": folders}).stdout
    if "not found" in listed:
        raise Trouble(f"{program} lacks a library: {re.findall(r'.* not found', listed)[0].strip()}")
    for path in re.findall(r"(/\S+) \(0x", listed):
        inside = path.replace(str(ROOT), "")
        yield ("usr" + inside if inside.startswith("/lib") else inside.lstrip("/")), os.path.realpath(path)


def build_cost():
    sources = sorted(HERE.glob("*.c"))
    newest = max(path.stat().st_mtime for path in [*sources, *HERE.glob("*.h")])
    if not COST.exists() or COST.stat().st_mtime < newest:
        run([need("gcc", "gcc"), "-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", *STRICT, "-static", "-o", COST, *sources])


class Pack:
    """Goes into the boot's archive where a case would."""
    name = "bench"

    def __init__(self, tree, with_peers, with_perf):
        self.tree, self.with_peers, self.with_perf = tree, with_peers, with_perf

    def pack(self, archive, _folder):
        build_cost()
        archive.file("usr/bin/cost", COST)
        crc7 = self.tree.plain("crc7")
        archive.text("m/crc7.ko", crc7)
        for path in sorted((HERE / "guest").iterdir()):
            archive.file(f"usr/lib/vm/{path.name}", path)
        if self.with_perf:
            perf = need("perf", "linux-perf")
            archive.file("usr/bin/perf", perf)
            for path, source in libraries(perf):
                archive.file(path, source)
        if not self.with_peers:
            return
        fetch()
        found = {path: source for name in PROGRAMS for path, source in _libraries(ROOT / name)}
        for name in PROGRAMS:
            found["usr/" + name.removeprefix("usr/")] = ROOT / name
        for path, source in sorted(found.items()):
            archive.file(path, source)
        config = (ROOT / "etc/audit/auditd.conf").read_text().replace("log_group = adm", "log_group = root")
        archive.text("etc/audit/auditd.conf", config, 0o640)  # the guest has no group adm
        archive.text("etc/libaudit.conf", (ROOT / "etc/libaudit.conf").read_text())
        archive.folder("etc/audit/plugins.d")
        archive.folder("var/log/audit", 0o700)
        archive.link("var/run", "../run")
