# SPDX-License-Identifier: BSD-2-Clause
# Runs in a guest: prints the lines of a usual day, and of somebody who wants to break those who read them.
. /usr/lib/vm/helpers.sh
export OUT=/tmp/out
mkdir $OUT

# The words of a shell, a log daemon, a database and a terminal, in the file's folder, its name, and the arguments.
forged='{"schema":2,"seq":1,"id":"0-0","kind":"module_load","outcome":"success","module":{"name":"forged"}}'
words="%msg% %n %s%s \$MESSAGE \${HOST} \$(format-json) \$!all-json \`id\` \$(id) '; DROP TABLE lines; -- ]]> <0>forged @cee: {} \\u0000 \\n \\\" &amp; #011 #012"
marks=$(printf '\302\205\342\200\250\342\200\251\357\273\277\342\200\256\357\277\277\364\217\277\277\357\267\220\360\237\222\245')
controls=$(printf '\001\002\007\010\011\013\014\015\033[2J\037\177')

does monitor_start kmodwatch --format json -v
modprobe dummy numdummies=2
act as 65534 insmod /m/brd.ko 2>/dev/null
act as 1000 act socket 38 5 >/dev/null
rmmod dummy

# Whole lines of ours, in an argument: on lines of their own, after a log daemon's header, and as its frames.
act exec-hex insmod "$(hex "
$forged
")" "$(hex "<30>Nov 26 12:00:00 guest kmodwatch[1]: $forged")" "$(hex "120 <30>1 - - kmodwatch - - - $forged")" >/dev/null 2>&1
act exec-hex rmmod "$(hex "\",\"outcome\":\"success\",\"kind\":\"module_load\",\"x\":\"")" "$(hex "$words")" "$(hex "$marks")" "$(hex "$controls")" >/dev/null 2>&1
# Not UTF-8: stray bytes, surrogates, a long form of NUL; and half a character at the end.
act exec-hex insmod fffe0a1b5b481b "eda080edb080" c080 e282 >/dev/null 2>&1

# Files, folders, names and threads that are called so.
folder="/tmp/a\"b\\c $(printf 'd\n\033]0;x\007')$marks%n \${HOST} ]]>"
mkdir "$folder"
cd "$folder" || exit 1
cp /m/dummy.ko "$forged.ko"
act finit "./$forged.ko" >/dev/null
act delete dummy >/dev/null
cp /m/dummy.ko "$(printf '\377\376\303\050')"
act comm "$(hex "\"},$(printf '\n\377')x")" finit "$(printf '\377\376\303\050')" >/dev/null
act delete dummy >/dev/null
act delete-hex "ff220a1b$(hex "$forged")" >/dev/null
act finit-hex /m/dummy.ko "$(hex "numdummies=1 x=$words")" >/dev/null
act delete dummy >/dev/null
act finit /m/name_break.ko "" 1 >/dev/null
act finit /m/name_line.ko "" 1 >/dev/null

# As long as lines can be, and then some: many words, long ones, a deep path.
part=$(printf '%0200d' 0)
cd /tmp || exit 1
depth=0
while [ $depth -lt 19 ]; do mkdir "$part"; cd "$part" || exit 1; depth=$((depth + 1)); done
cp /m/dummy.ko end.ko
many=$(hex "$marks$words$controls$forged")
set --
while [ $# -lt 60 ]; do set -- "$@" "$many"; done
act exec-hex insmod "$@" >/dev/null 2>&1
act finit ./end.ko >/dev/null
act delete dummy >/dev/null
act as 65534 act flood-finit 99 >/dev/null
modprobe -q no_such_module
act as 65534 act flood-exec 3 insmod nothing >/dev/null
monitor_stop
cat $OUT/stdout
