# SPDX-License-Identifier: BSD-2-Clause
"""One Debian suite, read through a private apt folder: the system's own apt state is never touched.

The mirror is whatever this machine's apt is set up with. No host name is written down here.
"""
import re

from place import BUILD, Trouble, need, run

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
    raise Trouble("this machine's apt knows no Debian mirror: run `apt-get update` with a Debian main source set up")


class Suite:
    def __init__(self, name):
        self.name = name
        self.folder = BUILD / "apt" / name
        self.options = [
            f"Dir::Etc::sourcelist={self.folder}/sources.list", "Dir::Etc::sourceparts=/dev/null",
            "Dir::Etc::preferencesparts=/dev/null", f"Dir::State::lists={self.folder}/lists",
            f"Dir::State::status={self.folder}/status", f"Dir::Cache={self.folder}/cache",
            "APT::Architecture=amd64", "Acquire::Languages=none", "APT::Sandbox::User=root",
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
            f"deb [arch=amd64 signed-by={KEYRING}] {mirror()} {self.name} main\n")
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

    def download(self, packages, folder):
        self.apt("apt-get", "download", "-q", *packages, cwd=folder)
        return sorted(folder.glob("*.deb"))
