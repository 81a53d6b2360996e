#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# budget.sh ROW...: what the verifier of each kernel walks through for each program (5.16 and later tell), and whether
# that is within the budget: a verifier that has to walk far makes the start slow, and may refuse the program.
PROGRAM_MAX=15000 SUM_MAX=95000

# $ and quotes are for the guest's shell.
# shellcheck disable=SC2016
in_guest='kmodwatch -v --format json --no-snapshot >/dev/null 2>/run/log & pid=$!
left=600
until grep -q "^kmodwatch: watching" /run/log || ! kill -0 $pid || [ $left = 0 ]; do left=$((left - 1)); usleep 100000; done
kill -TERM $pid; wait $pid; status=$?
cat /run/log
exit $status'

failed=0
for row; do
	if ! log=$(tests/vm/run exec --kernel "$row" -- "$in_guest" 2>&1); then
		printf '%s: kmodwatch did not run:\n%s\n' "$row" "$log" >&2
		failed=1
		continue
	fi
	printf '%s\n' "$log" | tr -d '\r' | awk -v row="$row" -v program_max=$PROGRAM_MAX -v sum_max=$SUM_MAX '
		/ attached, verified_insns [0-9]+$/ {
			count++
			sum += $NF
			name = $2
			printf "%s: %7d  %s\n", row, $NF, name
			if ($NF > program_max) {
				printf "%s: %s: %d verified instructions, more than the %d of one program\n", row, name, $NF,
					program_max > "/dev/stderr"
				failed = 1
			}
		}
		/ is not attached: / && !/takes no 32-bit calls/ { print row ": " $0 > "/dev/stderr"; failed = 1 }
		END {
			printf "%s: %7d  in all, %d programs\n", row, sum, count
			if (sum > sum_max) {
				printf "%s: %d verified instructions in all, more than %d\n", row, sum, sum_max > "/dev/stderr"
				failed = 1
			}
			if (!sum) {
				print row ": no figures: `kmodwatch -v` no longer says verified_insns on this kernel" > "/dev/stderr"
				failed = 1
			}
			exit failed
		}' || failed=1
done
exit $failed
