# SPDX-License-Identifier: BSD-2-Clause
# Starts and stops what is compared. $DAEMON is the process then, $OUT its folder, $OPTIONS what it is
# started with; $STARTED_MS how long it took until it saw.
. /usr/lib/vm/monitor.sh

OPTIONS=

# CIS's four rules for RHEL 7, with finit_module, by which a real insmod loads.
AUDIT_RULES='-D
-b 8192
--backlog_wait_time 60000
-f 1
-w /sbin/insmod -p x -k modules
-w /sbin/rmmod -p x -k modules
-w /sbin/modprobe -p x -k modules
-a always,exit -F arch=b64 -S init_module -S finit_module -S delete_module -k modules'

uptime_ms() { sed 's/\.//; s/ .*/0/' /proc/uptime; }

# Until a call that is refused is seen.
wait_until_it_sees() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || { echo "$WATCH does not see: $(tail -3 "$OUT"/*)" >&2; return 1; }
		act finit-fd -1 >/dev/null
		usleep 50000
	done
	# shellcheck disable=SC2034  # for who sources this
	STARTED_MS=$(($(uptime_ms) - began))
}

# shellcheck disable=SC2034
start_nothing() { DAEMON='' STARTED_MS=0; }
stop_nothing() { :; }

saw_kmodwatch() { grep -q '"kind":"module_load"' "$OUT/stdout" 2>/dev/null; }
start_kmodwatch() {
	began=$(uptime_ms)
	monitor_start kmodwatch --no-snapshot -v "$@" || { cat "$OUT/stderr" >&2; return 1; }
	wait_until_it_sees saw_kmodwatch
	DAEMON=$(cat "$OUT/monitor.pid")
}
stop_kmodwatch() { monitor_stop; }

saw_bpftrace() { grep -q finit_module "$OUT/stdout" 2>/dev/null; }
start_bpftrace() {
	began=$(uptime_ms)
	bpftrace -B line -o "$OUT/stdout" /usr/lib/vm/watch.bt >"$OUT/log" 2>&1 &
	DAEMON=$!
	wait_until_it_sees saw_bpftrace
}
stop_bpftrace() {
	kill -INT "$DAEMON"
	wait "$DAEMON"
}

saw_auditd() { grep -qs '^type=SYSCALL.*modules' /var/log/audit/audit.log; }
start_auditd() {
	began=$(uptime_ms)
	auditd -s nochange >"$OUT/log" 2>&1
	printf '%s\n' "$AUDIT_RULES" >/run/audit.rules
	auditctl -e 1 >/dev/null 2>&1
	auditctl -R /run/audit.rules >/dev/null 2>&1
	wait_until_it_sees saw_auditd
	DAEMON=$(cat /run/auditd.pid)
}
stop_auditd() {
	auditctl -D >/dev/null 2>&1
	kill "$DAEMON"
	wait_for 10 ended "$DAEMON"
	rm -f /var/log/audit/*
}
ended() { [ ! -e "/proc/$1" ]; }

audit_lost() { auditctl -s | sed -n 's/^lost //p'; }

# watch NAME COMMAND...: with that running, under its name.
watch() {
	WATCH=$1
	export OUT="/run/$1"
	mkdir -p "$OUT"
	shift
	"start_${WATCH%%-*}" ${OPTIONS:+"$OPTIONS"} || exit 1
	export DAEMON
	trap 'kill -KILL $DAEMON 2>/dev/null' EXIT
	"$@" || exit 1
	trap - EXIT
	"stop_${WATCH%%-*}"
}

# figure ROW COMMAND...: what it prints is an object of JSON, and belongs to this row.
figure() {
	row=$1
	shift
	made=$("$@") || { echo "$WATCH $row: \`$*\` failed with $?: $made" >&2; exit 1; }
	echo "{\"watch\": \"$WATCH\", \"row\": \"$row\", \"figures\": $made}"
}

# Of the daemon, in KiB, rings not counted; the peak counts them.
. /usr/lib/vm/flood.sh
memory() {
	echo "{\"resident\": $(resident "$DAEMON"), \"peak\": $(sed -n 's/^VmHWM:[ \t]*\([0-9]*\).*/\1/p' "/proc/$DAEMON/status")}"
}
