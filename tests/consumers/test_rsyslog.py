# SPDX-License-Identifier: BSD-2-Clause
"""rsyslog.conf and rsyslog-receiver.conf, each beside Debian's own configuration, with a real journal."""
import json
import re
import unittest

import lines
import room
from room import await_that

MANY = 21000  # more than imjournal takes in ten minutes unless it is told otherwise
# The machine's and the log host's rsyslog run in one root. These are what only one of them may have, or write to.
ON_LOG_HOST = (("/var/log/", "/var/log/loghost/"), ("/var/spool/rsyslog", "/var/spool/loghost"), ("/etc/rsyslog.d/", "/etc/loghost.d/"),
               ('module(load="imuxsock")', ""), ('module(load="imklog")', ""))


class Rsyslog(unittest.TestCase):
    def setUp(self):
        self.room = room.room()
        self.room.fresh()
        self.room.start_journal()
        self.addCleanup(self.room.close)

    def start(self, *extra):
        """The machine's rsyslog. Returns what it says."""
        self.room.put("rsyslog.conf", "etc/rsyslog.d/kmodwatch.conf")
        for path, old, new in extra:
            text = self.room.path(path).read_text()
            self.assertEqual(text.count(old), 1)
            self.room.path(path).write_text(text.replace(old, new))
        return self.start_debian()

    def start_debian(self):
        """With Debian's configuration, which takes what journald forwards."""
        return self.room.start("rsyslogd", "-n", "-i", "/run/rsyslogd.pid", listen="run/systemd/journal/syslog")

    def start_log_host(self):
        for name in ("etc/loghost.d", "var/log/loghost", "var/spool/loghost"):
            self.room.path(name).mkdir()
        for source, target in (("etc/rsyslog.conf", "etc/loghost.conf"), ("", "etc/loghost.d/kmodwatch.conf")):
            text = (self.room.path(source) if source else room.CONSUMERS / "rsyslog-receiver.conf").read_text()
            for ours, theirs in ON_LOG_HOST:
                text = text.replace(ours, theirs)
            self.room.path(target).write_text(text)
        return self.room.start("rsyslogd", "-n", "-f", "/etc/loghost.conf", "-i", "/run/loghost.pid")

    def assert_arrives(self, path, data):
        file = self.room.path(path)
        await_that(lambda: file.exists() and file.stat().st_size >= len(data), f"{len(data)} bytes in {path}")
        self.assertEqual(file.read_bytes().split(b"\n"), data.split(b"\n"))
        self.assertEqual(file.stat().st_mode & 0o7777, 0o640)

    def test_debian(self):
        """With --format json in the service, Debian's own configuration takes messages of 8 KiB: with journald's words around
        it, a line of 8,000 bytes is whole. journald drops what it cannot forward at once, so it is given again what did not arrive. (imjournal misses none.)"""
        self.start_debian()
        file, missing = self.room.path("var/log/syslog"), set(lines.raw())

        def all_are_there():
            filler = b"filler " * 600  # rsyslog writes to this file 4 KiB at a time
            self.room.written(b"".join(line + b"\n" for line in (*missing, filler)))
            missing.difference_update(self.in_syslog(file))
            return not missing

        await_that(all_are_there, "all lines in /var/log/syslog")
        cut = set(self.in_syslog(file)[:-1]) - set(lines.raw())
        self.assertEqual(list(cut), [])

    @staticmethod
    def in_syslog(file):
        """What begins as a line of ours does. The last may be cut, as long as it is being written."""
        return re.findall(rb" kmodwatch(?:\[\d+\])?: ({.*)$", file.read_bytes(), re.MULTILINE) if file.exists() else []

    def test_file_and_relp(self):
        """Byte for byte, on the machine and on the log host, and nothing that others wrote."""
        for said in (self.start_log_host(), self.start()):
            self.assertEqual(said.read_text(), "")
        forged = '{"schema":2,"kind":"module_load","module":{"name":"forged"}}'
        self.room.run("logger", "-t", "kmodwatch", forged)
        self.room.entries([forged.encode()], "other.service")
        self.room.written(lines.mixed())  # on stderr, or half a line: no entry of an event
        self.room.entries(lines.raw())
        self.assert_arrives("var/log/kmodwatch.jsonl", lines.data())
        self.assert_arrives("var/log/loghost/kmodwatch.jsonl", lines.data())

    def test_parsed(self):
        """What rsyslog's JSON parser reads is what is in the line."""
        self.start(("etc/rsyslog.d/kmodwatch.conf", 'template(name="kmodwatch"',
                    'template(name="parsed" type="string" string="%$.kmodwatch%\\n")\ntemplate(name="kmodwatch"'),
                   ("etc/rsyslog.d/kmodwatch.conf", '\t\t# What the log host',
                    '\t\taction(type="omfile" file="/var/log/parsed" template="parsed")\n\t\t# What the log host'))
        self.room.entries(lines.raw())
        file = self.room.path("var/log/parsed")
        await_that(lambda: file.exists() and file.read_bytes().count(b"\n") >= len(lines.raw()), "all lines parsed")
        self.assertEqual([json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]], lines.events())

    def test_many(self):
        """Without a log host, none is missing on the machine, however many come at once. The log host gets them
        later, some twice and not in order."""
        self.start()
        pattern = min(lines.raw(), key=len)
        data = b"".join(re.sub(rb'"seq":\d+', b'"seq":%d' % number, pattern) + b"\n" for number in range(MANY))
        self.room.entries(data.split(b"\n")[:-1])
        self.assert_arrives("var/log/kmodwatch.jsonl", data)
        self.start_log_host()
        file, wanted = self.room.path("var/log/loghost/kmodwatch.jsonl"), set(data.split(b"\n"))
        await_that(lambda: file.exists() and file.stat().st_size >= len(data) and wanted <= set(file.read_bytes().split(b"\n")),
                   "all lines on the log host")
        self.assertEqual(set(file.read_bytes().split(b"\n")), wanted)
