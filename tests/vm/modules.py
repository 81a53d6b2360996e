# SPDX-License-Identifier: BSD-2-Clause
"""Which of a kernel's modules go into the guest. A small set keeps boots short."""
import lzma
import re
import shutil

from place import Trouble, need, run

# The results channel and the console need these, on kernels that have them as modules.
CHANNEL = ["virtio_pci", "virtio_console"]
# What the cases load. All of these exist on every row of the matrix.
SUBJECTS = [
    "dummy",             # takes a number as parameter, needs nothing else
    "mac-celtic",        # tiny, no parameters: for loops. Its name in the kernel is mac_celtic
    "crc-itu-t",
    "vfat",              # needs fat
    "nf_conntrack_ftp",  # needs nf_conntrack, which needs others
    "intel-cstate",      # its init fails: no such hardware in the guest
    "af_key", "af_alg", "algif_hash",  # autoload by socket()
    "netconsole",        # takes text as parameter
    "brd", "loop", "veth",
    "nf_conntrack_netlink",  # the kernel asks for it without waiting
    "ipip",              # netdev-tunl0
    "overlay", "btrfs",
    "vxlan",             # has a version and a srcversion
]
# Fifty of all sizes that need nothing and load on every row: /m50/NAME.ko, unpacked, for what is to hold for any module.
FIFTY = """
    mlx4_core overlay orangefs ena gve fat exfat nls_cp949 nls_cp936 nls_cp950 tun team configfs macsec autofs4 nls_cp932
    binfmt_misc nls_cp437 sch_red act_nat act_vlan ifb blowfish_common cast_common twofish_common
    sch_cake sch_cbs sch_choke sch_drr sch_fq sch_hfsc sch_htb sch_netem sch_sfq sch_tbf
    cls_basic cls_flow cls_flower cls_u32 em_meta em_text act_gact act_police
    nls_ascii nls_cp1250 nls_iso8859-15 nls_utf8 mac-greek mac-roman cordic
""".split()
# These lie in the guest as /m/NAME.ko too, unpacked, for system calls made by hand.
PLAIN = ["dummy", "mac-celtic", "crc-itu-t", "fat", "vfat", "intel-cstate", "brd", "netconsole", "veth"]


def canonical(name):
    return name.replace("-", "_")


class Tree:
    """A kernel's module tree, with its dependencies as depmod found them."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.needs = {}
        self.paths = {}
        for line in (kernel.modules / "modules.dep").read_text().splitlines():
            path, _, rest = line.partition(":")
            name = self._name(path)
            self.paths[name] = path
            self.needs[name] = [self._name(other) for other in rest.split()]

    @staticmethod
    def _name(path):
        return canonical(re.sub(r"\.ko(\.\w+)?$", "", path.rsplit("/", 1)[-1]))

    def closure(self, names):
        """The paths of these modules and of all that they need; modules.dep lists needs in full depth."""
        wanted = set()
        for name in map(canonical, names):
            if name in self.paths:
                wanted |= {name, *self.needs[name]}
            elif name not in map(canonical, CHANNEL):  # a channel module may be built in
                raise Trouble(f"kernel {self.kernel.version} has no module {name}: take it off the list in modules.py")
        return sorted(self.paths[name] for name in wanted)

    def has(self, name):
        return canonical(name) in self.paths

    def copy(self, names, root):
        """Lay these modules out under root, with indexes of their own so that modprobe works by name and alias."""
        target = root / "lib/modules" / self.kernel.version
        target.mkdir(parents=True)
        for index in self.kernel.modules.glob("modules.*"):
            if index.name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
                shutil.copy(index, target)
        for path in self.closure(names):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.kernel.modules / path, target / path)
        run([need("depmod", "kmod"), "-b", root, self.kernel.version])

    def plain(self, name):
        """One module's bytes, unpacked."""
        path = self.kernel.modules / self.paths[canonical(name)]
        data = path.read_bytes()
        return lzma.decompress(data) if path.suffix == ".xz" else data
