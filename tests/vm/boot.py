# SPDX-License-Identifier: BSD-2-Clause
"""Boots one guest under QEMU. The guest is to be trusted with nothing: what it does not say did not happen."""
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import image
from place import BUILD, need

MEMORY = 1024
PORTS = ("results", "stdout", "stderr", "status")  # guest/init has the other side of them
# Boots until it counts: see Machine.emulators_fault().
TRIES = 3
FAREWELL = 20  # seconds for what was sent to arrive, once the guest has said goodbye
# Real mode code for a boot sector: `mov al, 0x10; out 0xf4, al; hlt`. QEMU's debug exit then ends with 0x21.
PROBE = bytes.fromhex("b010e6f4f4").ljust(510, b"\0") + b"\x55\xaa"


def accelerator(threads, arch):
    """KVM when it really runs code, else TCG. threads: how TCG runs the CPUs, `single` or `multi`; or `counted`: one CPU,
    whose clock is the number of its instructions, and which does not wait where it has nothing to do."""
    if threads == "counted":
        return ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-cpu", arch.cpu]
    if arch.own and kvm_works(arch):
        return ["-accel", "kvm", "-cpu", "host"]
    # One thread for all CPUs: with one each, a CPU can run code that another is just patching, and meets an int3 that
    # the kernel no longer knows of ("Oops: int3"). Two boots side by side use both cores all the same.
    return ["-accel", f"tcg,thread={threads}", "-cpu", arch.cpu]


def kvm_works(arch):
    """/dev/kvm may be there and fail at the first instruction."""
    kept = BUILD / "accelerator"
    if not kept.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        sector = BUILD / "probe.img"
        sector.write_bytes(PROBE)
        try:
            done = subprocess.run(
                [need(*arch.emulator), "-accel", "kvm", "-cpu", "host", "-nodefaults",
                 "-display", "none", "-device", "isa-debug-exit", "-no-reboot",
                 "-drive", f"file={sector},format=raw,if=ide"], capture_output=True, timeout=5, check=False)
            works = done.returncode == 0x21
        except subprocess.TimeoutExpired:
            works = False
        kept.write_text("kvm" if works else "tcg")
    return kept.read_text() == "kvm"


class Port:
    """The host's end of a virtio-serial port: a pipe that counts what comes through it."""

    def __init__(self, descriptor):
        self.pipe = os.fdopen(descriptor, "rb", buffering=0)
        self.count = 0

    def read(self, size):
        data = self.pipe.read(size)
        self.count += len(data)
        return data


class Machine:
    """One boot of an initramfs: the usual one, or the parts that are given. The guest's last word, on the port `status`, is its exit status and how much it sent on the others:
    its writes are only queued, so a guest that powered off by itself would take the end of its output with it."""

    def __init__(self, kernel, folder, job, *, cases=(), args="", smp=2, limit=120, interactive=False, parts=None, memory=MEMORY,
                 threads="single"):
        self.kernel, self.folder, self.limit, self.threads = kernel, Path(folder), limit, threads
        self.status = None  # until the guest said otherwise, and all that it sent has arrived
        self.console = self.folder / "console.log"
        self.timed_out = False
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        initrd = self.folder / "initrd"
        if parts is None:
            image.variable(initrd, job, kernel.arch, cases)
            parts = (image.base(kernel, everything=interactive), initrd)
        append = f"console={kernel.arch.console} panic=-1 oops=panic loglevel={3 if interactive else 5} {args}"
        command = [
            need("setpriv", "util-linux"), "--pdeathsig", "KILL",  # no guest outlives this program
            need(*kernel.arch.emulator), *kernel.arch.machine, *accelerator(threads, kernel.arch), "-m", str(memory), "-smp", str(smp),
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-kernel", str(kernel.vmlinuz), "-initrd", str(_joined(initrd, parts)), "-append", append,
            "-device", "virtio-rng-pci", "-device", "virtio-serial-pci",
        ]
        if interactive:
            command += ["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"]
        else:
            command += ["-serial", f"file:{self.console}"]
        self.ports, handed = {}, []
        for number, port in enumerate(PORTS):
            ours, theirs = os.pipe()
            handed.append(theirs)
            self.ports[port] = Port(ours)
            command += ["-add-fd", f"fd={theirs},set={number}",
                        "-chardev", f"file,id={port},path=/dev/fdset/{number},append=on",
                        "-device", f"virtserialport,chardev={port},name={port}"]
        self.errors = open(self.folder / "qemu.log", "wb")
        self.process = subprocess.Popen(command, pass_fds=handed, stderr=self.errors,
                                        stdin=None if interactive else subprocess.DEVNULL,
                                        stdout=None if interactive else self.errors)
        for descriptor in handed:
            os.close(descriptor)
        self.timer = threading.Timer(limit, self._expire) if limit else None
        if self.timer:
            self.timer.start()
        self.farewell = threading.Thread(target=self._farewell)
        self.farewell.start()

    def _farewell(self):
        """Wait for the guest's last word, then for what it sent, then end the machine."""
        words = self._last_words()
        if not words:
            return
        sent = {name: int(count) for name, count in (word.split("=") for word in words[1:])}
        until = time.monotonic() + FAREWELL
        while any(self.ports[name].count < count for name, count in sent.items()) and time.monotonic() < until:
            time.sleep(0.01)
        if all(self.ports[name].count == count for name, count in sent.items()):
            self.status = int(words[0])
        self.process.terminate()

    def _last_words(self):
        line = b""
        while not line.endswith(b"\n"):
            data = self.ports["status"].read(4096)
            if not data:
                return []
            line += data
        return line.decode(errors="replace").split()

    def _expire(self):
        self.timed_out = True
        self.process.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Whatever happened, nothing of this boot is left running."""
        if self.timer:
            self.timer.cancel()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.farewell.join()
        for port in self.ports.values():
            port.pipe.close()
        self.errors.close()
        (self.folder / "initrd").unlink(missing_ok=True)

    def wait(self):
        """Until the machine has ended; None when that was not as it should be."""
        self.process.wait()
        self.farewell.join()
        return self.status

    def emulators_fault(self):
        """Did it die of the emulator, so that another boot may tell more? A guest with a thread for each CPU may panic (see
        accelerator()), and a counted one of 7.2 stood still with an empty console, once in 30, on a machine with more to do
        than it can: what never came to its job says nothing of it."""
        return self.status is None and (not self._on_console("init: the job begins")
                                        or (self.threads == "multi" and self.panicked()))

    def panicked(self):
        return self._on_console("Kernel panic")

    def _on_console(self, words):
        return self.console.exists() and words in self.console.read_text(errors="replace")

    def complaint(self):
        """Why the guest did not end well, in one sentence, with the end of its console below."""
        console = self.console.read_text(errors="replace") if self.console.exists() else ""
        if self.timed_out:
            cause = f"the guest was still running after {self.limit} s and was stopped"
        elif self.panicked():
            cause = "the guest's kernel panicked"
        elif self.process.returncode:
            words = (self.folder / "qemu.log").read_text(errors="replace").strip().splitlines()
            cause = f"QEMU ended with {self.process.returncode}: {words[-1] if words else 'it said nothing'}"
        else:
            cause = "the guest ended without a word, or not all that it sent has arrived"
        tail = "\n".join("    | " + line for line in console.splitlines()[-30:])
        return f"{cause} (kernel {self.kernel.version}, {self.console})\n{tail}".rstrip()


def _joined(initrd, parts):
    """QEMU takes one file: the parts, which the kernel unpacks one after the other."""
    part = initrd.with_suffix(".part")
    with open(part, "wb") as out:
        for path in parts:
            with open(path, "rb") as source:
                shutil.copyfileobj(source, out, 1 << 20)
    part.rename(initrd)
    return initrd
