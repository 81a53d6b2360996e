# SPDX-License-Identifier: BSD-2-Clause
# In a guest with one CPU whose clock counts instructions: where those of an act go. A sample each 20,011 of them, a prime, of
# whatever runs; where interrupts are off it is taken when they are on again.
# shellcheck disable=SC2034  # what is not used here is used there
. /usr/lib/vm/watchers.sh

# profile COUNT COMMAND...: {"PROCESS FUNCTION": instructions of each of the COUNT acts, ...}, without what is idle, or perf's
profile() {
	count=$1
	shift
	perf record -q -a -e cpu-clock -c 20011 -o /run/perf.data -- "$@" >/dev/null 2>/run/perf.log ||
		{ cat /run/perf.log >&2; return 1; }
	perf report -i /run/perf.data --stdio -q -n --sort comm,symbol 2>/dev/null |
		awk -v count="$count" 'NF < 5 || $3 ~ /^perf/ || /native_safe_halt/ { next }
			{ all[$3 " " ($5 ~ /^0x/ ? "(no symbol)" : $5)] += $2 * 20011 / count }
			END { for (one in all) printf "%s\"%s\": %d", (n++ ? ", " : "{"), one, all[one]; print n ? "}" : "{}" }'
}

# shellcheck disable=SC2086
acts() {
	figure exec profile 300 cost --rounds 1 --count 300 --depth 2 exec /sbin/modprobe
	figure module profile 300 cost --rounds 1 --count 300 module /m/crc7.ko crc7
	figure refused profile 200000 cost --rounds 1 --user 65534 --count 200000 finit
}

sysctl -q -w kernel.perf_event_max_sample_rate=100000 kernel.perf_cpu_time_max_percent=0
watch nothing acts
OPTIONS=--no-hash
watch kmodwatch acts
OPTIONS=
WATCH=kmodwatch OUT=/run
figure start profile 1 sh -c 'kmodwatch --no-snapshot -v >/dev/null 2>/run/said & while ! grep -qs watching /run/said; do usleep 20000; done; kill $!'
