# SPDX-License-Identifier: BSD-2-Clause
# Starts and stops kmodwatch. $OUT gets its stdout, stderr, monitor.pid and, when it has ended, exit.

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	left=$(($1 * 20)); shift
	until "$@"; do
		left=$((left - 1)); [ $left -gt 0 ] || return 1
		usleep 50000
	done
}

monitor_ended() { [ -s "$OUT/exit" ]; }
# -v says so; in text, the first lines end with what there is to say of auditd.
monitor_ready() {
	monitor_ended || grep -q '^kmodwatch: watching' "$OUT/stderr" 2>/dev/null ||
		grep -q '^[^ ]*[0-9][0-9]:[0-9][0-9]:[0-9][0-9]  [^ ]*audit ' "$OUT/stdout" 2>/dev/null
}

# monitor_start COMMAND...: a command that becomes kmodwatch; 0 when it is ready.
# The outer shell is there to catch the exit status, the inner one to know kmodwatch's own pid.
monitor_start() {
	{
		sh -c 'echo $$ >"$OUT/monitor.pid"; exec "$@"' sh "$@" </dev/null >"${STDOUT:-$OUT/stdout}" 2>"$OUT/stderr"
		echo $? >"$OUT/exit"
	} &
	wait_for 60 monitor_ready && ! monitor_ended
}

# monitor_text FILE: kmodwatch with text for the host's terminal, which live.py tells of; its lines go to FILE.
monitor_text() {
	mkfifo "$OUT/lines"
	tee "$OUT/stdout" <"$OUT/lines" >"$1" &
	STDOUT=$OUT/lines monitor_start env TZ="$ZONE" COLUMNS="$COLUMNS" kmodwatch --format text --color "$COLOR"
}

# monitor_stop [SIGNAL]: what is on its way is given time to arrive.
monitor_stop() {
	usleep 200000
	kill -"${1:-TERM}" "$(cat "$OUT/monitor.pid")" 2>/dev/null
	wait_for 30 monitor_ended && return
	echo "kmodwatch did not end within 30 s of SIG${1:-TERM}" >>"$OUT/trouble"
	kill -KILL "$(cat "$OUT/monitor.pid")"
	wait_for 5 monitor_ended
}
