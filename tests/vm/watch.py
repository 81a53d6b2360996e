# SPDX-License-Identifier: BSD-2-Clause
"""What the newest kernels of all suites change for us: our types against their BTF, and the prototypes of the functions and
tracepoints that the programs are attached to."""
import json
import re
import subprocess
import tempfile
from pathlib import Path

import kernels
import vmlinuz
from apt import Suite
from place import BUILD, TOP, Trouble, need, run

SUITES = ("bullseye", "bookworm", "bookworm-backports", "trixie", "trixie-backports", "sid")
SECTION = re.compile(r'SEC\("(?:fentry|fexit|tp_btf)/(?:" \w+\("(\w+)"\)|(\w+)"\))')
MODIFIERS = {"CONST": "const ", "VOLATILE": "volatile ", "RESTRICT": "", "TYPE_TAG": ""}
WRAPPERS = ("__x64_sys_", "__ia32_sys_")


def hooks():
    """The names of what the programs are attached to, as the kernel has them on amd64."""
    found = set()
    for source in (TOP / "bpf").glob("*.bpf.c"):
        for call, name in SECTION.findall(source.read_text(encoding="utf-8")):
            found |= {wrapper + call for wrapper in WRAPPERS} if call else {name}
    if len(found) < 20:
        raise Trouble(f"only {len(found)} programs were found in bpf/: SECTION in {__file__} no longer fits them")
    return sorted(found)


class Types:
    """A kernel's BTF, by bpftool."""

    def __init__(self, path):
        said = json.loads(run([need("bpftool", "bpftool"), "-j", "btf", "dump", "file", path]))
        self.by_id = {entry["id"]: entry for entry in said["types"]}
        self.functions = {entry["name"]: entry["type_id"] for entry in said["types"] if entry["kind"] == "FUNC"}
        self.tracepoints = {entry["name"].removeprefix("btf_trace_"): entry["type_id"] for entry in said["types"]
                            if entry["kind"] == "TYPEDEF" and entry["name"].startswith("btf_trace_")}

    def name(self, number):
        entry = self.by_id.get(number, {"kind": "VOID"})
        kind = entry["kind"]
        if kind == "PTR":
            return self.name(entry["type_id"]) + " *"
        if kind in MODIFIERS:
            return MODIFIERS[kind] + self.name(entry["type_id"])
        if kind == "FUNC_PROTO":
            return self.prototype(number)
        words = {"STRUCT": "struct ", "UNION": "union ", "ENUM": "enum ", "ENUM64": "enum ", "FWD": "struct "}
        return "void" if kind == "VOID" else words.get(kind, "") + entry.get("name", kind)

    def prototype(self, number):
        entry = self.by_id[number]
        return f"{self.name(entry['ret_type_id'])} ({', '.join(self.name(one['type_id']) for one in entry['params'])})"

    def of_hook(self, name):
        """Its prototype; None where the BTF does not have it."""
        if name in self.functions:
            return self.prototype(self.functions[name])
        if name in self.tracepoints:
            return self.name(self.tracepoints[name]).removesuffix(" *")
        return None


def newest(name, folder):
    """(version, the BTF's path) of the suite's newest kernel, which goes into no row's cache."""
    suite = Suite(name)
    suite.update()
    for deb in suite.download(kernels.packages(suite, "cloud")):
        run(["dpkg-deb", "-x", deb, folder])
    version = next(Path(folder).glob("**/lib/modules/*/kernel")).parent.name
    btf = Path(folder) / "btf"
    btf.write_bytes(vmlinuz.btf(next(path for path in Path(folder).rglob("vmlinuz*") if path.is_file())))
    return version, btf


def compare_types(version, btf):
    """What check-vmlinux says of it; nothing, where all is as it is listed."""
    matrix = [f"{kernels.Kernel(row).version}={kernels.Kernel(row).btf}" for row in kernels.USUAL]
    done = subprocess.run([BUILD.parent / "check-vmlinux", BUILD.parent / "vmlinux/types-x86.o", TOP / "vmlinux/differences",
                           *matrix, "--", f"{version}={btf}"], capture_output=True, text=True, check=False)
    return done.stderr.splitlines() if done.returncode else []


def prototypes_of(names, btfs):
    """The prototypes that each has on some of these kernels; None among them where one lacks it."""
    known = {name: set() for name in names}
    for types in map(Types, btfs):
        for name, prototypes in known.items():
            prototypes.add(types.of_hook(name))
    return known


def compare_hooks(known, btf):
    types = Types(btf)
    return [f"{name}: {types.of_hook(name) or 'not in its BTF'}" for name, prototypes in known.items()
            if types.of_hook(name) not in prototypes]


def look():
    """Prints what changed. Returns whether anything did."""
    known = prototypes_of(hooks(), (kernels.Kernel(row).btf for row in kernels.USUAL))
    changed = False
    for suite in SUITES:
        with tempfile.TemporaryDirectory(dir=BUILD, prefix=".watch-") as folder:
            version, btf = newest(suite, folder)
            news = compare_types(version, btf) + compare_hooks(known, btf)
        print(f"{suite}: {version}: {len(news) or 'no'} differences from the matrix's kernels", *news, sep="\n    ")
        changed |= bool(news)
    return changed
