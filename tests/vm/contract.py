# SPDX-License-Identifier: BSD-2-Clause
"""What holds for every line of every run, whatever the case: schema 2 of the event contract."""
import re
from collections import Counter

import schema
from strict import replaced

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")
MACHINE_ID = re.compile("[0-9a-f]{32}")
BOOT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KNOWN = {
    "monitor_start", "module_present", "module_policy", "module_request", "tool_exec", "module_coming", "module_load",
    "module_unload", "module_hidden", "module_missed", "attempts_suppressed", "events_lost", "monitor_touched", "monitor_blind",
    "monitor_recovered", "audit_parity", "audit_unrecorded", "monitor_stop",
}
PARTS = {
    "monitor_start": ("version", "kernel_release", "probes", "degraded"),
    "module_present": ("module",),
    "module_policy": ("changed", "modprobe", "modules_disabled", "sig_enforce", "lockdown"),
    "module_request": ("alias", "wait", "process"),
    "tool_exec": ("tool", "process"),
    "module_coming": ("module", "process"),
    "module_load": ("outcome", "syscall", "process"),
    "module_unload": ("outcome", "syscall", "module", "process"),
    "module_hidden": ("missing_from", "module"),
    "module_missed": ("change", "module"),
    "attempts_suppressed": ("what", "count", "uid", "since"),
    "events_lost": ("count", "what"),
    "monitor_touched": ("what", "object", "process"),
    "monitor_stop": ("reason", "counts"),
}
# Types by key; None stands for null, "applies but could not be read".
OPTIONAL = type(None)
TEXT, NUMBER, FLAG = (str, OPTIONAL), (int, OPTIONAL), (bool, OPTIONAL)
PROCESS = {
    "pid": (int,), "tid": (int,), "ppid": NUMBER, "comm": TEXT, "argv": (list, OPTIONAL), "cwd": TEXT,
    "uid": NUMBER, "gid": NUMBER, "euid": NUMBER, "egid": NUMBER, "auid": NUMBER, "ses": NUMBER,
    "cap_sys_module": FLAG, "kthread": FLAG, "start_time": (str, int, OPTIONAL), "cgroup": TEXT, "container": (dict, OPTIONAL),
    "ns": (dict, OPTIONAL), "ancestors": (list, OPTIONAL),
}
# These do not apply to every process: a kernel thread has no executable, a daemon no terminal.
PERHAPS = {"exe": TEXT, "exe_file": (dict, OPTIONAL), "tty": TEXT}
SYSCALL = {"name": TEXT, "abi": TEXT, "ret": NUMBER}
NAMES = {"init_module", "finit_module", "delete_module"}
ABIS = {"x86_64", "i386", "x32", "aarch64", "arm"}
STAGES = {"refused", "read", "verify", "init"}


ABI_UNKNOWN = "syscall.abi is None"


def check_run(lines, whole=True, unknown_abis=0):
    """Faults of a whole run, or of a part out of the middle of one. So many calls may be without their ABI: see skipped.py."""
    faults = []
    checked = [list(check_line(line)) for line in lines]
    excused = sum(found.count(ABI_UNKNOWN) for found in checked) <= unknown_abis
    first = 1 if whole or not lines else lines[0].get("seq")
    for number, line in enumerate(lines, 1):
        faults += [f"line {number}: {fault}" for fault in checked[number - 1] if not (fault == ABI_UNKNOWN and excused)]
        if not isinstance(first, int) or line.get("seq") != first + number - 1:
            faults.append(f"line {number}: seq is {line.get('seq')!r}, a hole or a step back")
    seen = {}
    for number, line in enumerate(lines, 1):
        name = line.get("id")
        if name in seen:
            faults.append(f"line {number}: the id {name!r} is that of line {seen[name]} too")
        seen.setdefault(name, number)
    for key in ("id", "boot"):  # its name may change
        if len({line["host"].get(key) for line in lines if isinstance(line.get("host"), dict)}) > 1:
            faults.append(f"host.{key} is not the same in all lines")
    return faults


def check_ends(lines):
    """A run begins with monitor_start and ends with monitor_stop."""
    for index, wanted in ((0, "monitor_start"), (-1, "monitor_stop")):
        if not lines or lines[index].get("kind") != wanted:
            yield f"the {'last' if index else 'first'} line is not {wanted}"


def check_counts(lines):
    """The last line of a run counts what was written."""
    if lines and lines[-1].get("kind") == "monitor_stop":
        written = Counter(line.get("kind") for line in lines[:-1])
        if lines[-1].get("counts") != written:
            yield f"monitor_stop counts {lines[-1].get('counts')!r}, but {dict(written)!r} were written"


def check_line(line):
    kind = line.get("kind")
    if type(line.get("schema")) is not int or line["schema"] != 2:
        yield f"schema is {line.get('schema')!r}, not 2"
    if not isinstance(line.get("id"), str) or not line["id"]:
        yield "there is no id"
    if not isinstance(line.get("time"), str) or not TIME.fullmatch(line["time"]):
        yield f"time is {line.get('time')!r}, not RFC 3339 in UTC with nanoseconds"
    if type(line.get("boot_ns")) is not int:
        yield f"boot_ns is {line.get('boot_ns')!r}"
    yield from _host(line.get("host"))
    if kind not in KNOWN:
        yield f"the event {kind!r} is not in the contract"
    for part in PARTS.get(kind, ()):
        if part not in line:
            yield f"{kind} without `{part}`"
    if isinstance(line.get("process"), dict):
        yield from _types("process", line["process"], PROCESS)
        yield from _process(line["process"])
    if isinstance(line.get("syscall"), dict) and kind != "attempts_suppressed":
        yield from _types("syscall", line["syscall"], SYSCALL)
        yield from _syscall(line["syscall"])
    if kind in ("module_load", "module_unload"):
        yield from _outcome(kind, line)
    yield from _hex("", line)
    yield from schema.check_line(line)


def _types(where, part, table):
    for key, allowed in {**table, **PERHAPS}.items():
        if key not in part:
            if key in table:
                yield f"{where}.{key} is absent"
        elif type(part[key]) not in allowed:
            yield f"{where}.{key} is of the wrong type: {part[key]!r}"


def _host(host):
    if not isinstance(host, dict):
        yield f"host is {host!r}"
        return
    if not isinstance(host.get("name"), str):
        yield "the host has no name"
    if host.get("id", "") is not None and not MACHINE_ID.fullmatch(host.get("id", "")):
        yield f"host.id is {host.get('id')!r}"
    if not isinstance(host.get("boot"), str) or not BOOT_ID.fullmatch(host["boot"]):
        yield f"host.boot is {host.get('boot')!r}"


def _exe(where, part):
    """Which file is executed is known or unknown as its path is, and not there without it."""
    for key in ("exe_file", "deleted"):
        if key in part and ("exe" not in part or (part[key] is None) != (part["exe"] is None)):
            yield f"{where}.exe is {part.get('exe')!r}, but {key} is {part.get(key)!r}"


def _process(process):
    yield from _exe("process", process)
    namespaces = process.get("ns")
    if isinstance(namespaces, dict):
        yield from _types("process.ns", namespaces, {"pid": NUMBER, "mnt": NUMBER, "user": NUMBER})
    ancestors = process.get("ancestors")
    if isinstance(ancestors, list):
        if len(ancestors) > 8:
            yield f"{len(ancestors)} ancestors, more than 8"
        for index, ancestor in enumerate(ancestors):
            yield from _types(f"process.ancestors[{index}]", ancestor, {"pid": (int,), "comm": TEXT})
            yield from _exe(f"process.ancestors[{index}]", ancestor)
        if ancestors and ancestors[0].get("pid") != process.get("ppid"):
            yield "the nearest ancestor is not the parent"


def _syscall(syscall):
    if syscall.get("ret") is None:  # its end was not seen, so what the call was may be unknown too
        return
    if syscall.get("name") not in NAMES and not (syscall.get("name") is None and syscall.get("abi") is None):
        yield f"syscall.name is {syscall.get('name')!r}"
    if syscall.get("abi") not in ABIS:
        yield f"syscall.abi is {syscall.get('abi')!r}"
    if (syscall.get("name") == "init_module") == ("flags" in syscall):  # init_module takes none
        yield f"{syscall.get('name')} with" + ("" if "flags" in syscall else "out") + " flags"


def _outcome(kind, line):
    outcome, syscall = line.get("outcome"), line.get("syscall") or {}
    if (syscall.get("ret") is None) != (outcome is None or "settled_by" in line):
        yield f"outcome {outcome!r} with ret {syscall.get('ret')!r}, settled_by {line.get('settled_by')!r}"
    if outcome is None or syscall.get("ret") is None:
        return
    if outcome == "success":
        if syscall.get("ret") != 0:
            yield f"outcome success with ret {syscall.get('ret')!r}"
        for place, key in ((line, "stage"), (syscall, "errno")):
            if key in place:
                yield f"outcome success with {key}"
        if "module" not in line and not line.get("coalesced"):
            yield "outcome success without module"
    elif outcome == "failure":
        if not isinstance(syscall.get("ret"), int) or syscall["ret"] >= 0:
            yield f"outcome failure with ret {syscall.get('ret')!r}"
        if not isinstance(syscall.get("errno"), str):
            yield "outcome failure without errno"
        # where a coalesced load failed is known to the call that did the work; where one failed of which the kernel skipped
        # all programs but that on the return, nobody knows
        shared = line.get("coalesced", False) is not False
        unseen = line.get("stage", "") is None and (line.get("module") or {}).get("name") is None
        if kind == "module_load" and not unseen and line.get("stage") not in ((None,) if shared else STAGES):
            yield f"outcome failure with stage {line.get('stage')!r}"
    else:
        yield f"outcome is {outcome!r}"


def _hex(where, part):
    """Text with U+FFFD has its bytes beside it, and bytes agree with their text."""
    for key, value in part.items():
        path = f"{where}.{key}" if where else key
        if isinstance(value, dict):
            yield from _hex(path, value)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield from _hex(f"{path}[{index}]", item)
        texts = value if isinstance(value, list) else [value]
        given = part.get(f"{key}_hex")
        if given is None and not key.endswith("_hex") and any(isinstance(t, str) and "\ufffd" in t for t in texts):
            yield f"{path} has U+FFFD in it, but there is no {key}_hex"
        if given is not None:
            yield from _agree(path, texts, given if isinstance(given, list) else [given])
        if key.endswith("_hex") and key[:-4] not in part:
            yield f"{path} without {key[:-4]}"


def _agree(path, texts, given):
    if len(texts) != len(given):
        yield f"{path} and its _hex are of different length"
        return
    for text, digits in zip(texts, given):
        if digits is None:  # an item of an array whose text is exact
            continue
        try:
            data = bytes.fromhex(digits)
        except (ValueError, TypeError):
            yield f"{path}_hex is not hex: {digits!r}"
            continue
        if replaced(data) != text:
            yield f"{path} is {text!r}, but its bytes {digits} say {replaced(data)!r}"
