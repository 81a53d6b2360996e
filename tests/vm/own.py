# SPDX-License-Identifier: BSD-2-Clause
"""Whose a line is, where kmodwatch watches a machine on which others work too: a test judges what it caused itself."""

# No process stands in these. Anyone may cause them, and what is missing of a test's own lines shows by itself.
ANYBODYS = ("module_policy", "module_missed", "module_hidden")
FIRST_UID = 0x7e000000  # nobody hands out users here: none of systemd's ranges is within 22 bits, which a pid has


class Own:
    """What came of one script: pid is its process, which outlives the kmodwatch that it starts."""

    def __init__(self, pid):
        self.pid = pid

    @property
    def uid(self):
        """A user of its own for what it does: limits go by user, so no other uses up its lines."""
        return FIRST_UID + self.pid

    def lines(self, lines):
        """Those that the script caused, and those of kmodwatch itself."""
        told = False  # audit_parity comes at the start, and again when anyone changes a rule
        for line in lines:
            again = told and line.get("kind") == "audit_parity"
            told = told or line.get("kind") == "audit_parity"
            if not again and self._is_ours(line):
                yield line

    def _is_ours(self, line):
        kind = line.get("kind")
        if isinstance(line.get("process"), dict):
            requester = (line.get("requested_by") or {}).get("process")
            return self._descends(line["process"]) or self._descends(requester or {})
        if kind == "attempts_suppressed":
            return line.get("uid") == self.uid
        if kind == "events_lost":
            return line.get("what") == "undecodable record"
        return kind not in ANYBODYS

    def _descends(self, process):
        chain = [process, *(process.get("ancestors") or [])]
        return any(one.get("pid") == self.pid for one in chain)
