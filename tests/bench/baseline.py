# SPDX-License-Identifier: BSD-2-Clause
"""The recorded counts, and whether today's are above them.

A count belongs to a kernel's package: another build of the kernel is another count. Where it differs, what is compared is
how much kmodwatch adds to the same act unwatched, in the same boot, with room for what another kernel may do differently.
The programs that are executed are this machine's: in another suite an execution takes a fifth more, watched or not, so there
the counts are shown and not compared.
"""
import json
from pathlib import Path

from apt import own_suite
from place import Trouble

FILE = Path(__file__).resolve().parent / "baseline.json"
ROOM = 1.03
# With another kernel: of what kmodwatch adds; and of all, where it adds next to nothing.
OTHER_KERNEL_ADDS, OTHER_KERNEL_ALL = 1.25, 1.01
# The rows of the short form, and which of their figures say what kmodwatch costs.
ROWS = {"getppid": "all", "exec": "all", "tool-3": "all", "tool-8": "all", "refused": "all", "module": "all", "big": "all"}


def counts(figures):
    """{row: {"alone": without kmodwatch, "watched": with it}}"""
    found = {}
    for row, name in ROWS.items():
        try:
            found[row] = {"alone": figures["nothing"][row][name], "watched": figures["kmodwatch"][row][name]}
        except KeyError:
            raise Trouble(f"the guest gave no figure for {row}: see build/bench/short.json") from None
    return found


def update(version, figures):
    FILE.write_text(json.dumps({"kernel": version, "suite": own_suite(), "counts": counts(figures)}, indent=1) + "\n")


def limit(same_kernel, recorded, alone):
    """How much is allowed, where unwatched it takes that much now."""
    if same_kernel:
        return recorded["watched"] * ROOM
    added = (recorded["watched"] - recorded["alone"]) * OTHER_KERNEL_ADDS
    return alone * OTHER_KERNEL_ALL + max(added, 0)


def compare(version, figures, out):
    """True when no count has risen."""
    if not FILE.exists():
        raise Trouble("there is no tests/bench/baseline.json to compare with: `make bench-baseline` makes it")
    kept = json.loads(FILE.read_text())
    same = kept["kernel"] == version
    if not same:
        out.write(f"The recorded counts are of kernel {kept['kernel']}, and this is {version}: compared is what kmodwatch "
                  "adds to each act.\n")
    comparable = kept["suite"] == own_suite()
    if not comparable:
        out.write(f"  bench    not compared: the recorded counts are of {kept['suite']}'s programs, and these are {own_suite()}'s\n")
    failed = False
    for row, now in counts(figures).items():
        allowed = limit(same, kept["counts"][row], now["alone"])
        risen = comparable and now["watched"] > allowed
        failed |= risen
        out.write(f"  bench    {row:8} {now['alone']:13,.0f} alone {now['watched']:13,.0f} watched {allowed:13,.0f} allowed"
                  f"{'  RISEN' if risen else ''}\n")
    if failed:
        out.write("More instructions than recorded. Where there is a reason: `make bench-baseline`, and the reason in the commit.\n")
    return not failed
