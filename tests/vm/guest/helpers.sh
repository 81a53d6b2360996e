# SPDX-License-Identifier: BSD-2-Clause
# What the guest scripts of all cases may use. A failed check ends the script with 1, and so fails the case.

. /usr/lib/vm/monitor.sh

# answers WANT COMMAND...: the command must print exactly this.
answers() {
	want=$1; shift
	got=$("$@" 2>&1)
	[ "$got" = "$want" ] && return
	echo "\`$*\` answered '$got', not '$want'" >&2
	exit 1
}

# fails COMMAND...: the command must not end with 0.
fails() {
	if "$@"; then echo "\`$*\` should have failed" >&2; exit 1; fi
}

# does COMMAND...: the command must end with 0.
does() {
	"$@" || { echo "\`$*\` failed with $?" >&2; exit 1; }
}

# var NAME VALUE: patterns of this case may use "$NAME".
var() { echo "$1=$2" >>"$OUT/vars"; }

# with_pid NAME COMMAND...: runs it in a process of its own, whose pid becomes "$NAME".
with_pid() {
	name=$1; shift
	sh -c 'echo "$0=$$" >>"$OUT/vars"; exec "$@"' "$name" "$@"
}

# file_facts NAME PATH: the file's "$NAME_inode", "$NAME_size", "$NAME_dev" (major:minor), "$NAME_mtime", "$NAME_ctime".
file_facts() {
	var "$1_inode" "$(stat -c %i "$2")"
	var "$1_size" "$(stat -c %s "$2")"
	var "$1_mtime" "$(TZ=UTC stat -c %y "$2" | sed 's/ /T/; s/ .*//')Z"
	var "$1_ctime" "$(TZ=UTC stat -c %z "$2" | sed 's/ /T/; s/ .*//')Z"
	var "$1_dev" "$(mountpoint_dev "$2")"
}

# The device number as the kernel's super block has it.
mountpoint_dev() {
	number=$(stat -c %d "$1")
	echo "$((number >> 8 & 0xfff)):$((number & 0xff | number >> 12 & 0xfff00))"
}

# namespaces: "$ns_pid", "$ns_mnt", "$ns_user" of this script.
namespaces() {
	for kind in pid mnt user; do var "ns_$kind" "$(readlink /proc/self/ns/$kind | tr -dc 0-9)"; done
}

# hex TEXT: its bytes in hex.
hex() { printf %s "$1" | xxd -p | tr -d '\n'; }

cgroup() { sed -n 's/^0:://p' /proc/self/cgroup; }

# collect COMMAND...: a kmodwatch that is expected to end by itself; its output and status are judged.
collect() {
	timeout 20 "$@" </dev/null >"$OUT/stdout" 2>"$OUT/stderr"
	echo $? >"$OUT/exit"
}

# policy_lines N: until this case's own kmodwatch has written so many module_policy lines; they come within a second or so.
policy_lines() {
	wait_for 3 policy_has "$1" || { echo "there is no module_policy number $1" >&2; exit 1; }
}
policy_has() { [ "$(grep -c '"kind":"module_policy"' "$OUT/stdout")" = "$1" ]; }

# diagnoses STATUS EXPRESSION...: kmodwatch --diagnose ends with the status, and says this on lines of its own.
diagnoses() {
	want=$1; shift
	${AS:-} kmodwatch --diagnose >"$OUT/diagnosis" 2>"$OUT/diagnosis.err"
	got=$?
	[ $got = "$want" ] || { cat "$OUT/diagnosis" "$OUT/diagnosis.err" >&2; echo "--diagnose ended with $got" >&2; exit 1; }
	for expression; do
		grep -qE "$expression" "$OUT/diagnosis" || { cat "$OUT/diagnosis" >&2; echo "not said: $expression" >&2; exit 1; }
	done
}
