# SPDX-License-Identifier: BSD-2-Clause
"""Lines for auditctl to take or refuse: those of the random sets, and the same with something wrong in them."""
import random
import re

import sets

FIXED = """
-w /etc/passwd -p wa -k identity
-w/etc/passwd -pwa
-w /etc/passwd/
-w //
-w /
-w /etc/my\\ file -p wa
-W /etc/passwd -p wa
-w etc/passwd
-w "/etc/passwd" -p wa
-w /etc/passwd -p wq
-w /etc/passwd -p rwxar
-w /etc/passwd -w /etc/group
-w /etc/passwd -S open
-w /etc/passwd -S open -F arch=b64
-w /x -p x -a exit,always
-w /x -p x -a always,exit
-a always,exit -w /etc/passwd
-S open -a always,exit
-S open
-F auid=0
-k key
-p x
-a always,exit -p x
-a always,exit -F uid=0 -p x
-a always,exit -F uid=0 -k x
-a always,exit -F key=a -S open -k b
-a always,exit -S ,
-a always,exit -S open,,close
-a always,exit -S 2047
-a always,exit -S 2048
-a always,exit -S 12abc
-a always,exit -S OPEN
-a always,exit -F arch=B64 -S open
-a always,exit -F arch=0xc000003e -S open
-a always,exit -F arch=c000003e -S open
-a always,exit -F arch=i386 -S open
-a always,exit -F arch=ppc64 -S open
-a always,exit -F arch=b64 -F arch=b32 -S open
-a always,exit -F arch>b64 -S open
-a always,exit
-a always,task
-a always,user
-a always,exclude
-a always,filesystem
-a always,entry
-a exit,possible -S open
-a possible,exit -S open
-a always,exit,x -S open
-a always,always -S open
-a exit,exit -S open
-a always
-a never,task -S open
-a never,task -F path=/x
-a never,task -F exit=0
-a never,user -F msgtype=USER_LOGIN
-a never,exclude -S open
-a never,exclude -F euid=0
-a never,exclude -F sessionid=1
-a never,exclude -F key=x
-a never,filesystem -F fstype=ext4
-a never,filesystem -F fstype=tracefs -k x
-a never,filesystem -F uid=0
-a always,exit -F fstype=tracefs
-a always,exit -F msgtype=SYSCALL
-a always,exit -S open -F success=yes
-a always,exit -S open -F sessionid=junk
-a always,exit -S open -F saddr_fam=99
-a always,exit -S open -F filetype=nothing
-a always,exit -S open -F filetype>file
-a always,exit -S open -F field_compare=3
-a always,exit -S open -F field_compare=99
-a always,exit -S open -F gid=-1
-a always,exit -S open -F uid=-1
-a always,exit -S open -F auid<-1
-a always,exit -S open -F auid&1
-a always,exit -S open -F pers&1
-a always,exit -S open -F devminor&1
-a always,exit -S open -F devmajor&1
-a always,exit -S open -F exit&1
-a always,exit -S open -F subj_sen>s0
-a always,exit -S open -F subj_user>root
-a always,exit -S open -F obj_lev_low<s0
-a always,exit -S open -F inode=5
-a always,exit -S open -F inode>5
-a always,exit -S open -F inode=5 -F path=/etc/passwd
-a always,exit -S open -F inode!=5 -F path=/etc/passwd
-a always,exit -F path=/etc/passwd -F dir=/etc
-a always,exit -F path=/etc/passwd -F path=/etc/group
-a always,exit -F path!=/etc/passwd
-a always,exit -F path=/etc/passwd/
-a always,exit -F path=/etc/..
-a always,exit -F path=/
-a always,exit -F dir=/
-a always,exit -F dir=/etc/passwd
-a always,exit -F dir=/nowhere
-a always,exit -F dir!=/etc
-a always,exit -F perm!=x
-a always,exit -F perm=
-a always,exit -S open -F exe=/bin/sh -F exe=/bin/ls
-a always,exit -S open -F exe>/bin/sh
-a always,exit -S open -F exe=/nowhere/x
-a always,exit -S open -F exe=bin/sh
-a always,exit -S open -F key=a!=b
-a always,exit -S open -k a=b
-a always,exit -S open -k a!=b
-a always,exit -S open -F =5
-a always,exit -S open -F auid=
-a always,exit -S open -F auid
-a always,exit -S open -C auid!=uid
-a always,exit -S open -C auid>uid
-a always,exit -S open -C obj_uid!=auid
-a always,exit -S open -C auid=gid
-a always,exit -S open -C =uid
-a always,exit -S open -t
-a always,exit -S open -i
-d never,task
-d always,exit -S open
-W /etc/passwd
-D
-D -k key
-D -k
-D extra
-D -x y
-i
-i extra
-c
-ic
-b 100
-b x
-b 1 -f 1 -r 1
-b 1 -f 1 -r 1 -b 2 -f 1
-f 3
-r 0
-e 1
-e 3
-e 1 -f 1
-q /,/etc
-q /
-q /nowhere,/etc
-t
-l
-l -i
-s
-s -x
-v
-h
-R /etc/x
--backlog_wait_time 60
--backlog_wait_time=60
--backlog 60
--reset-lost
--reset
--loginuid
--nothing
-
--
-x
junk
# comment
   # comment
a # comment
-a always,exit -S open # comment
-a  always,exit   -S  open  
 -a always,exit -S open
"""


def mutate(rng, line):
    words = line.split(" ")
    kind = rng.randrange(8)
    at = rng.randrange(len(words))
    if kind == 0:
        words.pop(at)
    elif kind == 1:
        words.insert(at, words[rng.randrange(len(words))])
    elif kind == 2 and words[at]:
        i = rng.randrange(len(words[at]))
        words[at] = words[at][:i] + rng.choice("abxyz019=!<>&,-/#\\\t") + words[at][i + 1:]
    elif kind == 3 and words[at]:
        words[at] = words[at][:-1]
    elif kind == 4:
        words[at] += rng.choice(["x", "=", ",", "1", "\r", "\\"])
    elif kind == 5:
        rng.shuffle(words)
    elif kind == 6:
        words.insert(at, rng.choice(["", "-k key", "-F auid=0", "-S open", "-p x", "-i", "# x", "-F arch=b64"]))
    else:
        words[at:at + 2] = ["".join(words[at:at + 2])]
    return " ".join(words)


def harmless(line):
    """Nothing that locks the guest's rules, makes it panic, or stops auditd."""
    return not re.search(r"-e\s*2|-f\s*2|signal|-m|-R", line.replace("--", "-")) or line.startswith("-R ")


def make(seed, count):
    rng = random.Random(seed)
    lines = [line for line in FIXED.splitlines() if line]
    pool = [line for n in range(200) for line in sets.rule_set(n).splitlines() if line]
    while len(lines) < count:
        line = rng.choice(pool + lines)
        if rng.random() < 0.85:
            line = mutate(rng, line)
        if line and harmless(line) and "\n" not in line:
            lines.append(line)
    return lines
