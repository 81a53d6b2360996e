# SPDX-License-Identifier: BSD-2-Clause
"""The table, from the figures of a full run."""
from collections import defaultdict

COLUMNS = ("nothing", "auditd", "bpftrace", "kmodwatch")


def short(number):
    """Three digits or so: more would say more than is known."""
    for size, unit in ((1e9, "G"), (1e6, "M")):
        if abs(number) >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number:,.0f}" if abs(number) >= 10 else f"{number:.2g}"


class Table:
    def __init__(self, figures):
        self.counts, self.floods = figures["counts"], figures["floods"]
        self.lines = []

    def row(self, words, *cells):
        self.lines.append(f"| {words} | " + " | ".join(cells) + " |")

    def head(self, *words):
        self.row(*words)
        self.lines.append("| --- " * len(words) + "|")

    def relative(self, words, row):
        alone = self.counts["nothing"][row]["all"]
        self.row(words, short(alone), *(f"{short(self.counts[name][row]['all'])} ({self.counts[name][row]['all'] / alone:.2f}×)"
                                        for name in COLUMNS[1:]))

    def added(self, words, row, percent=False):
        alone = self.counts["nothing"][row]["all"]

        def cell(name):
            more = self.counts[name][row]["all"] - alone
            return f"{more / alone:+.2%}" if percent else f"+{short(more)}"
        self.row(words, short(alone), *(cell(name) for name in COLUMNS[1:]))

    def module(self, words, figures):
        alone = self.counts["nothing"]["module"]

        def cell(one):
            return f"{one['module']['caller'] / alone['caller'] - 1:+.1%} / {short(one['module']['daemon'])}"
        self.row(words, f"{short(alone['caller'])} / 0" if len(figures) > 1 else "",
                 *(cell(self.counts[name]) if name else "" for name in figures))

    def each(self, words, cell, source=None):
        self.row(words, "–", *(cell((source or self.counts)[name]) for name in COLUMNS[1:]))


def _memory(one):
    return f"{one['memory']['resident'] / 1024:.1f} MiB ({one['memory']['peak'] / 1024:.0f})"


def _acts(figures):
    made = Table(figures)
    counts, floods = made.counts, made.floods
    made.head("what", *COLUMNS)
    made.relative("`getppid()`: any other system call", "getppid")
    made.added("fork, exec of another program", "exec", percent=True)
    made.added("fork, exec of modprobe, 3 ancestors", "tool-3")
    made.added("the same, 8 ancestors", "tool-8")
    made.relative("`finit_module(-1)`, refused, in a flood", "refused")
    made.module("load and unload of crc7.ko: caller / daemon", COLUMNS[1:])
    made.module("the same, `--no-hash`", ("", "", "kmodwatch-no-hash"))
    big = {name: counts[name]["big"]["all"] for name in ("nothing", "kmodwatch-no-hash", "kmodwatch")}
    made.row("a module of 10 MiB, loaded and unloaded", short(big["nothing"]), "", "",
             f"{short(big['kmodwatch'])} ({(big['kmodwatch'] - big['kmodwatch-no-hash']) / 10 / 2 ** 20:.1f} a byte for the hash)")
    made.each("memory: steady, without rings (peak)", _memory)
    made.row("the same, `--no-hash`", "", "", "", _memory(counts["kmodwatch-no-hash"]))
    made.each("idle: instructions a second, wake-ups a second",
              lambda one: f"{short(one['idle']['daemon'])}, {one['idle']['woken']:.2g}")
    made.each("from start until it sees, two CPUs",
              lambda one: f"{one['started_ms'] / 1000:.1f} s", floods)
    made.each("start, instructions", lambda one: short(one["start"]["daemon"]))
    return made.lines


def _floods(figures):
    made = Table(figures)
    alone = made.floods["nothing"]["calls"]
    made.head("watched by", "calls/s", "of the unwatched rate", "loads, unloads seen of 20", "refused calls reported", "lost", "memory")
    for name, one in made.floods.items():
        made.row(name, short(one["calls"] * 1000 / one["ms"]), f"{one['calls'] / alone:.2f}",
                 f"{one['loads']}, {one['unloads']}" if "memory" in one else "–",
                 f"{one['told'] / one['calls']:.1%}" + (" (exact)" if one["told"] == one["calls"] else "") if "memory" in one else "–",
                 f"{one['lost']:,}", f"{one['memory']['resident'] / 1024:.1f} MiB" if "memory" in one else "–")
    return made.lines


def _growth(figures):
    made = Table(figures)
    own, growth = made.counts["kmodwatch"], made.counts["kmodwatch-growth"]
    made.head("how the cost of kmodwatch grows", "instructions")
    for depth in (1, 4, 16):
        made.row(f"load and unload, {depth} ancestors: daemon", short(growth[f"ancestors-{depth}"]["daemon"]))
    for rate in (1, 10, 100):
        made.row(f"{rate} loads and unloads a second: daemon, each", short(growth[f"pace-{rate}"]["a_module"]))
    late = own["latency"]
    made.row(f"from finit_module's return to the line, {late['count']:,} loads: p50, p99, longest",
             ", ".join(short(late[name]) for name in ("p50", "p99", "max")))
    made.row("10,000 audit rules checked for the profile cis-rhel7", short(own["check-rules"]["all"]))
    made.row("a profile of 10,000 audit rules checked", short(own["check-profile"]["all"]))
    made.row("verified_insns at the start", short(made.floods["kmodwatch"]["verified"]))
    return made.lines


def table(figures):
    """Markdown."""
    flat = {**figures, "floods": {name: rows["flood"] for name, rows in figures["floods"].items()}}
    parts = (_acts(flat), _floods(flat), _growth(flat))
    versions = ", ".join(f"{name} {version}" for name, version in figures["peers"].items())
    return "\n\n".join([f"Kernel {figures['kernel']}; {versions}.", *("\n".join(part) for part in parts)])


def profile(figures):
    """Where the instructions of each act go: of which process, and the functions that take most."""
    lines = []
    for watch, rows in figures.items():
        for row, parts in rows.items():
            whose = defaultdict(int)
            for name, count in parts.items():
                whose[name.split()[0]] += count
            lines += [f"{watch}: {row}", *_largest(whose, 5), "", *_largest(parts, 30), ""]
    return "\n".join(lines)


def _largest(counts, most):
    return [f"{count:12,}  {name}" for name, count in sorted(counts.items(), key=lambda one: -one[1])[:most]]
