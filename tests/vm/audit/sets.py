# SPDX-License-Identifier: BSD-2-Clause
"""Random rule sets, the same for the same seed: what administrators write, and what goes wrong with it."""
import random

CALLS = ["init_module", "finit_module", "delete_module"]
NUMBERS = {"b64": {"init_module": 175, "finit_module": 313, "delete_module": 176},
           "b32": {"init_module": 128, "finit_module": 350, "delete_module": 129}}
PLACES = ["/sbin/insmod", "/usr/sbin/insmod", "/sbin/rmmod", "/usr/bin/kmod", "/bin/kmod", "/bin/busybox", "/etc/passwd"]
FOLDERS = ["/sbin", "/usr/sbin", "/bin", "/usr/bin", "/usr", "/etc", "/", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/sbin/"]
LOADER = "/usr/lib64/ld-linux-x86-64.so.2"
PROGRAMS = ["/usr/bin/acts", "/bin/acts", "/usr/bin/kmod", "/sbin/insmod", "/usr/bin/busybox"]


def field(rng):
    """One field, as the word after -F; with "-C" in front for a comparison."""
    kind = rng.randrange(100)
    if kind < 26:
        return "-F " + rng.choice(["auid>=1000", "auid!=unset", "auid!=-1", "auid=0", "auid!=0", "auid<1000", "auid=unset",
                                   "auid=1000", "auid>999", "auid<=1000", "loginuid!=4294967295", "auid>1000", "auid=root"])
    if kind < 40:
        return "-F " + rng.choice(["uid", "euid", "suid", "fsuid"]) + rng.choice(["=0", "!=0", ">=1000", "<1000", "=1000", ">0",
                                                                                 "=root", "!=1000"])
    if kind < 47:
        return "-F " + rng.choice(["gid", "egid", "sgid", "fsgid"]) + rng.choice(["=0", "!=0", "<1000", ">=1000", "=root"])
    if kind < 58:
        return "-F " + rng.choice(["success=1", "success=0", "success!=0", "success!=1", "exit=0", "exit!=0", "exit<0", "exit>=0",
                                   "exit=-EPERM", "exit!=-EPERM", "exit=-EBADF", "exit=-9", "exit=-ENOENT", "exit>0",
                                   "exit<=0", "exit!=-ENOENT", "success>=1", "success<=1"])
    if kind < 68:
        return "-F exe" + rng.choice(["=", "=", "!="]) + rng.choice(PROGRAMS)
    if kind < 75:
        return "-F " + rng.choice(["a0", "a1", "a2"]) + rng.choice(["=0", "!=0", "=-1", "=4294967295", "&1", "&=3", ">0", "<10",
                                                                    "&0", "&=0"])
    if kind < 79:
        return "-F " + rng.choice(["pers=0", "pers!=0", "pers<8", "pers&1"])
    if kind < 83:
        return "-F " + rng.choice(["filetype=file", "filetype!=file", "filetype=dir", "filetype=link"])
    if kind < 87:
        return "-F perm=" + rng.choice(["x", "wa", "rwxa", "r"])
    if kind < 93:
        return "-C " + rng.choice(["auid!=uid", "auid=uid", "uid!=euid", "uid=euid", "auid!=euid", "euid=fsuid", "gid=egid",
                                   "uid=suid", "suid!=fsuid", "uid=obj_uid", "auid!=obj_uid", "gid!=obj_gid"])
    if kind < 96:
        return "-F " + rng.choice(["obj_uid=0", "obj_uid!=0", "obj_gid=0", "obj_gid>0", "devmajor=0", "devmajor!=0", "inode!=1"])
    if kind < 98:
        return "-F " + rng.choice(["subj_type=init_t", "subj_user!=root", "obj_type=bin_t"])
    return "-F " + rng.choice(["pid>1", "ppid!=1", "saddr_fam=2", "sessionid!=77"])


def calls(rng, arch):
    chosen = [name for name in CALLS if rng.random() < 0.5] or [rng.choice(CALLS)]
    if rng.random() < 0.15:
        chosen.append(rng.choice(["execve", "execveat", "open"]))
    if rng.random() < 0.12 and arch in NUMBERS:
        chosen = [str(NUMBERS[arch].get(name, name)) for name in chosen]
    if rng.random() < 0.06:
        chosen = ["all"]
    return " ".join("-S " + name for name in chosen) if rng.random() < 0.3 else "-S " + ",".join(chosen)


def add(rng):
    return rng.choice(["-a", "-a", "-a", "-a", "-a", "-a", "-A"])


def order(rng, action, name):
    return f"{action},{name}" if rng.random() < 0.8 else f"{name},{action}"


def key(rng):
    return rng.choice(["", " -k modules", " -k m", " -F key=x"])


def call_rule(rng):
    arch = rng.choices(["b64", "b32", "", "!b32", "x86_64"], [45, 30, 12, 5, 5])[0]
    action = rng.choices(["always", "never"], [70, 30])[0]
    words = [add(rng), order(rng, action, "exit")]
    if arch:
        words.append("-F arch!=" + arch[1:] if arch[0] == "!" else "-F arch=" + arch)
    words.append(calls(rng, arch))
    words += [field(rng) for _ in range(rng.choices([0, 1, 2, 3], [35, 35, 22, 8])[0])]
    return " ".join(words) + key(rng)


def place_rule(rng):
    action = rng.choices(["always", "never"], [75, 25])[0]
    place = rng.choice(PLACES + PLACES + FOLDERS + [LOADER])
    style = rng.random()
    if style < 0.45:
        return f"-w {place}" + rng.choice([" -p x", " -p x", " -p wa", " -p rwxa", ""]) + rng.choice(["", " -k modules"])
    words = [add(rng), order(rng, action, "exit")]
    words.append(rng.choice(["", "", "-F arch=b64", "-F arch=b32"]))
    if rng.random() < 0.2:
        words.append(rng.choice(["-S execve", "-S execve,execveat", "-S delete_module", "-S all"]))
    words.append(("-F dir=" if place in FOLDERS else "-F path=") + place)
    words.append(rng.choice(["-F perm=x", "-F perm=x", "-F perm=wa", ""]))
    words += [field(rng) for _ in range(rng.choices([0, 1, 2], [55, 30, 15])[0])]
    return " ".join(word for word in words if word) + rng.choice(["", " -F key=modules"])


def exec_rule(rng):
    words = [add(rng), order(rng, rng.choices(["always", "never"], [75, 25])[0], "exit"),
             "-F arch=" + rng.choice(["b64", "b32"]), "-S " + rng.choice(["execve", "execve,execveat"])]
    words += [field(rng) for _ in range(rng.choices([0, 1, 2], [40, 40, 20])[0])]
    return " ".join(words) + key(rng)


def wide_rule(rng):
    """A rule without -S: all system calls."""
    words = [add(rng), order(rng, rng.choices(["always", "never"], [30, 70])[0], "exit")]
    words += [field(rng) for _ in range(rng.choices([1, 2, 3], [55, 30, 15])[0])]
    return " ".join(words)


def list_rule(rng):
    kind = rng.random()
    if kind < 0.2:
        return rng.choice(["-a never,task", "-a task,never", "-a never,task -F uid=1000", "-a never,task -F auid=unset",
                           "-a always,task", "-a never,task -F gid=0"])
    if kind < 0.85:
        return "-a " + rng.choice(["never,exclude", "always,exclude", "exclude,never"]) + " " + rng.choice(
            ["-F msgtype=SYSCALL", "-F msgtype=KERN_MODULE", "-F msgtype=PATH", "-F uid=0", "-F auid=0", "-F auid=unset",
             "-F auid>=1000", "-F exe=/usr/bin/acts", "-F exe=/usr/bin/kmod", "-F msgtype=SYSCALL -F uid!=0", "-F gid=1000",
             "-F msgtype>=1300 -F msgtype<=1310", "-F msgtype!=SYSCALL", "-F uid!=0", "", "-F msgtype=CWD"])
    return "-a never,filesystem -F fstype=" + rng.choice(["tracefs", "debugfs", "0x858458f6", "0x01021994", "0xef53"])


def odd_line(rng, lines):
    """What is wrong, or no rule at all."""
    rules = [line for line in lines if line.startswith(("-a", "-w"))]
    kind = rng.randrange(16)
    if kind == 0 and rules:
        return rng.choice(rules)
    if kind == 1 and rules:
        rule = rng.choice(rules)
        return rule.replace("-a ", "-d ", 1) if rule.startswith("-a") else rule.replace("-w ", "-W ", 1)
    if kind == 2:
        return "-D"
    if kind == 3:
        return rng.choice(["-D -k modules", "-D -k m", "-D -k nothing"])
    if kind == 4:
        return "-a always,exit -F arch=b64 -S finit_module -k modules # note"
    if kind == 5:
        return "-a always,exit -F arch=b64\t-S init_module"
    if kind == 6:
        return "-w /no/such/folder/file -p x"
    if kind == 7:
        return "-a always,exit -S init_module -F arch=b64"
    if kind == 8:
        return rng.choice(["-a always,exit -F arch=b64 -S no_such_call", "-a always,exit -F nofield=1", "-a always,exit -F auid=nouser",
                           "-a always,exit -S init_module -F success=yes", "-x", "junk", "-a always"])
    if kind == 9:
        return rng.choice(["-b 8192", "-f 1", "-r 0", "--backlog_wait_time 60000", "-e 1"])
    if kind == 10:
        return "# a comment"
    if kind == 11:
        return "   "
    if kind == 12:
        return rng.choice(["-a always,exit -F arch=b64 -S init_module -F auid<4294967295", "-a always,exit -F uid=-1 -S init_module",
                           "-a always,exit -F dir=/nowhere -F perm=x", "-a exit,possible -S init_module"])
    if kind == 13:
        return "-i"
    if kind == 14:
        return "-e 0" if rng.random() < 0.3 else "-c"
    return ""


def rule_set(seed):
    rng = random.Random(seed)
    lines = []
    if rng.random() < 0.3:
        lines.append("-D")
    if rng.random() < 0.12:
        lines.append(rng.choice(["-i", "-c"]))
    makers = [call_rule, place_rule, exec_rule, wide_rule, list_rule]
    for _ in range(rng.randint(1, 8)):
        if rng.random() < 0.10:
            lines.append(odd_line(rng, lines))
        else:
            lines.append(rng.choices(makers, [46, 30, 9, 9, 6])[0](rng))
    return "\n".join(lines) + "\n"
