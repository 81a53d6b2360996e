# SPDX-License-Identifier: BSD-2-Clause
"""What differs between the architectures of the guests. Nothing else in this folder knows one from another, but the act's
source and foreign.py's list of packages."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Arch:
    name: str         # dpkg's
    emulator: tuple   # the program, and its Debian package
    machine: tuple    # its arguments for any boot
    cpu: str          # where QEMU does the processor's work
    console: str
    triple: str
    loader: str       # of shared libraries, where a program asks for it
    own: bool = False # this machine's: tools and libraries are its own, and its accelerator may serve
    acts: dict = field(default_factory=dict)   # by program: whose compiler makes it
    cflags: tuple = () # of code for the kernel
    words: dict = field(default_factory=dict)  # cases are written with x86's words: what they are called here


ARCHES = {
    "amd64": Arch(
        name="amd64",
        emulator=("qemu-system-x86_64", "qemu-system-x86"),
        machine=(),
        # Without cx16: QEMU 7.2's cmpxchg16b leaves garbage in EFLAGS, and an interrupt just after it panics the guest.
        cpu="max,-cx16",
        console="ttyS0",
        triple="x86_64-linux-gnu",
        loader="lib64/ld-linux-x86-64.so.2",
        own=True,
        cflags=("-mcmodel=kernel", "-mno-red-zone", "-fcf-protection=none")),
    "arm64": Arch(
        name="arm64",
        emulator=("qemu-system-aarch64", "qemu-system-arm"),
        machine=("-machine", "virt"),
        # One that was built: `max` has what no machine has yet, and gave false results. It runs 32-bit programs too.
        cpu="cortex-a72",
        console="ttyAMA0",
        triple="aarch64-linux-gnu",
        loader="lib/ld-linux-aarch64.so.1",
        cflags=("-mgeneral-regs-only", "-mbranch-protection=none", "-ffixed-x18"),
        acts={"act": "arm64", "act32": "armhf"},
        words={
            "/lib64/ld-linux-x86-64.so.2": "/lib/ld-linux-aarch64.so.1", "ld-linux-x86-64": "ld-linux-aarch64",
            "x86_64": "aarch64", "i386": "arm", "ttyS0": "ttyAMA0",
            "intel-cstate": "xen-netfront", "intel_cstate": "xen_netfront",  # neither finds its hardware
        }),
}
