# SPDX-License-Identifier: BSD-2-Clause
# What was shown and what was counted, of what anyone may cause in any number.

# flood_lines UID CALL: how many refused (EPERM) calls are lines.
flood_lines() {
	grep '"kind":"module_\(un\)\?load".*"errno":"EPERM"' "$OUT/stdout" | grep "\"name\":\"$2\"" |
		grep -c "\"uid\":$1,"
}

# flood_suppressed WHAT UID [CALL]: the sum of what was only counted.
flood_suppressed() {
	grep "\"kind\":\"attempts_suppressed\".*\"what\":\"$1\".*\"uid\":$2,.*${3:+\"syscall\":.\"name\":\"$3\"}" "$OUT/stdout" |
		sed 's/.*"count":\([0-9]*\).*/\1/' | awk '{ sum += $1 } END { printf "%d\n", sum }'
}

# flood_lost WHAT [PROBE]: the sum of these events_lost.
flood_lost() {
	grep "\"kind\":\"events_lost\".*\"what\":\"$1\"${2:+,\"probe\":\"$2\"}" "$OUT/stdout" |
		sed 's/.*"count":\([0-9]*\).*/\1/' | awk '{ sum += $1 } END { printf "%d\n", sum }'
}

# adds_up WHAT MADE UID CALL: lines, counts and losses are together what was made; and most of it was no line. Kernels that
# preempt a program in its midst (7.x) skip it for others, and count that: for a call that is shown all the same too, then
# without its ABI.
adds_up() {
	lines=$(flood_lines "$3" "$4") counted=$(flood_suppressed refused "$3" "$4") lost=$(flood_lost "refused call")
	skipped=$(($(flood_lost "skipped probe" "$4_return") - $(grep -c "\"name\":\"$4\",\"abi\":null" "$OUT/stdout")))
	echo "$1: $2 made, $lines lines, $counted counted, $lost lost, $skipped skipped" | tee -a "$OUT/figures" >&2
	[ "$((lines + counted + lost + skipped))" = "$2" ] || exit 1
	if [ "$lines" -lt 20 ] || [ "$counted" -le "$lines" ]; then echo "the limit is not where it should be" >&2; exit 1; fi
}

# resident PID: KiB of memory that it has, but for what is mapped of maps and rings.
resident() {
	awk '/^[0-9a-f]+-[0-9a-f]+ / { ours = !/bpf/ } /^Rss:/ && ours { sum += $2 } END { print sum + 0 }' "/proc/$1/smaps"
}

# bounded PID KIB: what it has resident is below that. A build for ASan has its own idea of memory.
bounded() {
	grep -q libasan "/proc/$1/maps" || [ "$2" -lt 32768 ] || { echo "$2 KiB are resident" >&2; exit 1; }
}
