# SPDX-License-Identifier: BSD-2-Clause
# What was shown and what was counted, of what anyone may cause in any number.

# flood_lines UID CALL: how many refused calls are lines.
flood_lines() {
	grep '"event":"module_\(un\)\?load".*"outcome":"failure"' "$OUT/stdout" | grep "\"name\":\"$2\"" |
		grep -c "\"uid\":$1,"
}

# flood_suppressed WHAT UID [CALL]: the sum of what was only counted.
flood_suppressed() {
	grep "\"event\":\"attempts_suppressed\".*\"what\":\"$1\".*\"uid\":$2,.*${3:+\"syscall\":\"$3\"}" "$OUT/stdout" |
		sed 's/.*"count":\([0-9]*\).*/\1/' | awk '{ sum += $1 } END { printf "%d\n", sum }'
}

# flood_lost: records of refused calls that did not fit the ring.
flood_lost() {
	grep '"event":"events_lost".*"what":"refused call"' "$OUT/stdout" | sed 's/.*"count":\([0-9]*\).*/\1/' |
		awk '{ sum += $1 } END { printf "%d\n", sum }'
}

# adds_up WHAT MADE UID CALL: lines, counts and losses are together what was made; and most of it was no line.
adds_up() {
	lines=$(flood_lines "$3" "$4") counted=$(flood_suppressed refused "$3" "$4") lost=$(flood_lost)
	echo "$1: $2 made, $lines lines, $counted counted, $lost lost" | tee -a "$OUT/figures" >&2
	[ "$((lines + counted + lost))" = "$2" ] || exit 1
	[ "$lines" -ge 20 ] && [ "$counted" -gt "$lines" ] || { echo "the limit is not where it should be" >&2; exit 1; }
}
