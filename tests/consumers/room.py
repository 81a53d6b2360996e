# SPDX-License-Identifier: BSD-2-Clause
"""Debian's log daemons and viewers as on a machine of their own: their files, in namespaces that end with the test."""
import functools
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

CONSUMERS = Path(__file__).resolve().parents[2] / "user" / "dist" / "consumers"
INSIDE = "KMODWATCH_CONSUMERS_ROOT"  # the root's folder, in the environment of who is inside already
PATIENCE = 30  # seconds, for a busy machine: what is waited for comes within one
ENVIRONMENT = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin", "LC_ALL": "C.UTF-8", "TERM": "dumb"}

CGROUPS = "sys/fs/cgroup"
FRESH = ("etc", "root", "run", "tmp", "var")
DEVICES = ("null", "zero", "full", "random", "urandom")
FOLDERS = ("etc/syslog-ng/conf.d", "run/systemd/journal", "run/systemd/system", "var/lib/logrotate", "var/lib/syslog-ng", "var/log", "var/spool/rsyslog")
FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\nadm:x:4:\n",
    "etc/hosts": "127.0.0.1 localhost loghost.example\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    # Neither the kernel's messages nor its audit records: they are this machine's. RateLimitBurst: as in our unit.
    "etc/systemd/journald.conf": "[Journal]\nReadKMsg=no\nAudit=no\nRateLimitBurst=0\nForwardToSyslog=yes\n",
}


@functools.cache
def room():
    return Room(Path(os.environ[INSIDE]))


def mount(*words):
    subprocess.run(["mount", *map(str, words)], check=True)


class Room:
    def __init__(self, root):
        self.root, self.programs, self.services, self.configured = root, [], {}, root / "mnt/etc"
        for name in ("mnt", *FRESH, "dev", "proc", "sys"):
            (root / name).mkdir(exist_ok=True)
        for name in ("mnt", *FRESH, "dev"):
            if name == "etc":
                shutil.copytree(root / "etc", self.configured, symlinks=True)
            mount("-t", "tmpfs", "none", root / name)
        for name in DEVICES:
            (root / "dev" / name).touch()
            mount("--bind", f"/dev/{name}", root / "dev" / name)
        (root / "dev/log").symlink_to("/run/systemd/journal/dev-log")
        mount("-t", "proc", "none", root / "proc")
        mount("--bind", "/dev/null", root / "proc/kmsg")  # who reads it takes the messages away from this machine
        mount("--rbind", "/sys", root / "sys")
        mount("-t", "cgroup2", "none", root / CGROUPS)  # in a namespace of its own: what is made there is in no way of the machine's

    def fresh(self):
        """As after the installation: ends what runs, and empties the folders that are written to."""
        self.close()
        for name in FRESH:
            for entry in (self.root / name).iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                else:
                    entry.unlink()
        shutil.copytree(self.configured, self.root / "etc", symlinks=True, dirs_exist_ok=True)
        for name in FOLDERS:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            (self.root / name).write_text(text)

    def close(self):
        for unit in list(self.services):
            self.services.pop(unit).close(self.path(CGROUPS))
        while self.programs:
            program = self.programs.pop()
            program.terminate()
            try:
                program.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()

    def path(self, name):
        return self.root / name

    def put(self, name, target):
        """One of the files that users are given."""
        shutil.copy(CONSUMERS / name, self.root / target)

    def run(self, *words, talks=False):
        """What the program wrote. It must end with 0, and have nothing to complain of, unless it talks on stderr."""
        done = subprocess.run(["chroot", self.root, *words], capture_output=True, timeout=PATIENCE, env=ENVIRONMENT, check=False)
        if done.returncode or (done.stderr and not talks):
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def start(self, *words, listen=None):
        """A daemon, until the room is closed. Returns the file with what it says. listen: a datagram socket that it is given, as
        systemd would."""
        said = self.root / "tmp" / f"said-{len(self.programs)}"
        command = ["chroot", self.root, *words]
        with open(said, "wb") as out, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as given:
            if listen:
                given.bind(str(self.root / listen))
                command = ["sh", "-c", f'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&{given.fileno()}', "sh", *command]
            self.programs.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=ENVIRONMENT, pass_fds=(given.fileno(),)))
        return said

    def start_journal(self):
        self.start("/lib/systemd/systemd-journald")
        await_that(self.path("run/systemd/journal/stdout").is_socket, "journald listens")

    def entries(self, lines, unit="kmodwatch.service"):
        """Into the journal as entries with fields, as kmodwatch --journal sends them in a service of this name."""
        if unit not in self.services:
            self.services[unit] = Service(unit, self.path(CGROUPS), self.path("run/systemd/journal/socket"))
        self.services[unit].send(lines)

    def written(self, data, unit="kmodwatch.service"):
        """Into the journal as what a service of this name writes. Each has a process of its own, as journald expects."""
        service = os.fork()
        if not service:
            try:
                with socket.socket(socket.AF_UNIX) as stream:
                    stream.connect(str(self.path("run/systemd/journal/stdout")))
                    stream.sendall(f"kmodwatch\n{unit}\n5\n0\n0\n0\n0\n".encode() + data)
            finally:
                os._exit(0)
        os.waitpid(service, 0)


class Service:
    """A process in the cgroup of a service: by that, journald tells whose an entry is, as long as the process is there."""

    def __init__(self, unit, cgroups, target):
        self.unit = unit
        self.ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if not self.pid:
            try:
                self._serve(theirs, cgroups, target)
            finally:
                os._exit(0)
        theirs.close()
        self.control = self.ours.makefile("rwb")

    def _serve(self, control, cgroups, target):
        own = cgroups / "system.slice" / self.unit
        own.mkdir(parents=True, exist_ok=True)
        (own / "cgroup.procs").write_text(str(os.getpid()))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out, control.makefile("rwb") as lines:
            out.connect(str(target))
            for number, line in enumerate(iter(lines.readline, b"")):
                if line != b"\n":
                    out.send(b"MESSAGE=what happened, number %d\nPRIORITY=5\nSYSLOG_IDENTIFIER=kmodwatch\nKMODWATCH_JSON=" % number + line)
                else:  # all are sent
                    lines.write(b"\n")
                    lines.flush()

    def send(self, lines):
        for line in lines:
            self.control.write(line + b"\n")
        self.control.write(b"\n")
        self.control.flush()
        if self.control.readline() != b"\n":
            raise AssertionError(f"{self.unit} could not send its entries")

    def close(self, cgroups):
        self.ours.shutdown(socket.SHUT_RDWR)  # closing alone would not end it: services that came later have the file, too
        self.control.close()
        self.ours.close()
        os.waitpid(self.pid, 0)
        (cgroups / "system.slice" / self.unit).rmdir()


def await_that(true, what):
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"not within {PATIENCE} s: {what}")
        time.sleep(0.02)
