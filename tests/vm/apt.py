# SPDX-License-Identifier: BSD-2-Clause
"""One Debian suite, read through a private apt folder: the system's own apt state is never touched.

The mirror is whatever this machine's apt is set up with. No host name is written down here.
"""
import fcntl
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from place import BUILD, DOWNLOADS, Trouble, cause, need, run

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def mirror():
    """The Debian mirror of the machine's own apt set-up (not the security archive)."""
    need("apt-get", "apt")
    rows = run(["apt-get", "indextargets", "--format", "$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(COMPONENT)",
                "Created-By: Packages"])
    for row in rows.splitlines():
        uri, origin, label, component = row.split("|")
        if (origin, label, component) == ("Debian", "Debian", "main"):
            return uri
    raise Trouble("this machine's apt knows no Debian mirror: add Debian's main archive to its sources, and run `apt-get update`")


def own_suite():
    """The suite that this machine is of: what runs what is built here has its libraries."""
    found = re.search(r'^VERSION_CODENAME="?(\w+)', Path("/etc/os-release").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Trouble("/etc/os-release names no Debian suite (VERSION_CODENAME): guests with a Debian of their own need one")
    return found.group(1)


class Suite:
    def __init__(self, name, arch="amd64"):
        self.name, self.arch = name, arch
        self.folder = BUILD / "apt" / (name if arch == "amd64" else f"{name}-{arch}")
        self.options = [
            f"Dir::Etc::sourcelist={self.folder}/sources.list", "Dir::Etc::sourceparts=/dev/null",
            "Dir::Etc::preferencesparts=/dev/null", f"Dir::State::lists={self.folder}/lists",
            f"Dir::State::status={self.folder}/status", f"Dir::Cache={self.folder}/cache",
            f"APT::Architecture={arch}", f"APT::Architectures={arch}", "Acquire::Languages=none", "APT::Sandbox::User=root",
        ]

    def apt(self, program, *words, **how):
        flags = [word for option in self.options for word in ("-o", option)]
        return run([program, *flags, *words], **how)

    def update(self):
        """Fetch the suite's package list; apt verifies it with the machine's archive keyring."""
        for part in ("lists/partial", "cache/archives/partial"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "status").touch()
        (self.folder / "sources.list").write_text(
            f"deb [arch={self.arch} signed-by={KEYRING}] {mirror()} {self.name} main\n")
        try:
            self.apt("apt-get", "update", "-q", "--error-on=any")
        except Trouble as trouble:
            raise Trouble(f"Debian's {self.name} suite could not be read from this machine's mirror "
                          f"(check the network and {KEYRING}): {trouble}") from None

    def depends(self, package):
        """The names that a package depends on, first alternative only."""
        for line in self.apt("apt-cache", "show", "--no-all-versions", package).splitlines():
            if line.startswith("Depends: "):
                return [re.split(r"[ |(:]", item.strip())[0] for item in line[9:].split(",")]
        return []

    def with_needs(self, packages):
        """These, and all that they depend on, by name."""
        said = self.apt("apt-get", "install", "--simulate", "--no-install-recommends", *packages)
        return sorted(set(re.findall(r"^Inst (\S+)", said, re.MULTILINE)))

    def files(self, packages):
        """[(file name, bytes, hash, its kind)] of what these packages are downloaded as."""
        said = self.apt("apt-get", "download", "--print-uris", *packages)
        found = re.findall(r"^'\S+' (\S+) (\d+) (SHA\d+):([0-9a-f]+)", said, re.MULTILINE)
        if len(found) != len(packages):
            raise Trouble(f"apt names no file and hash for each of {' '.join(packages)}: {said.strip() or 'it said nothing'}")
        return [(name, int(size), digest, kind.lower()) for name, size, kind, digest in found]

    def download(self, packages):
        """The packages' files. They are kept in DOWNLOADS, and held against the suite's hashes each time: apt itself looks at
        no more than the size of a file that is there."""
        DOWNLOADS.mkdir(parents=True, exist_ok=True)
        files = self.files(packages)
        with open(DOWNLOADS / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name, _, digest, kind in files:
                if not _is(DOWNLOADS / name, digest, kind):
                    (DOWNLOADS / name).unlink(missing_ok=True)
            self._download(packages)
            for name, _, digest, kind in files:
                if not _is(DOWNLOADS / name, digest, kind):
                    raise Trouble(f"{DOWNLOADS / name} is not what {self.name}'s list says: is the mirror being renewed? "
                                  "Try again in a while")
        return [DOWNLOADS / name for name, *_ in files]

    def _download(self, packages):
        read, write = os.pipe()
        flags = [word for option in (*self.options, f"APT::Status-Fd={write}") for word in ("-o", option)]
        with subprocess.Popen(["apt-get", *flags, "download", "-q", *packages], cwd=DOWNLOADS, pass_fds=[write],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=dict(os.environ, LC_ALL="C")) as apt:
            os.close(write)
            _show(read)
            said = apt.stderr.read()
        if apt.returncode:
            raise Trouble(f"`apt-get download {packages[0]}` failed with {apt.returncode}: {cause(said)}")


def _is(path, digest, kind):
    return path.exists() and hashlib.new(kind, path.read_bytes()).hexdigest() == digest


def _show(status):
    """apt's own percentages, as one changing line of a terminal."""
    with open(status, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if sys.stderr.isatty():
                _, _, percent, words = (line.rstrip().split(":", 3) + ["", "", ""])[:4]
                print(f"\r\033[K    {float(percent or 0):3.0f}% {words}", end="\r", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\033[K", end="", file=sys.stderr, flush=True)
