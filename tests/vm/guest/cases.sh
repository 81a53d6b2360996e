# SPDX-License-Identifier: BSD-2-Clause
# Mode cases: runs each folder of /cases, and sends what came of it to the host, as tars.
# A case folder holds `script` and `settings` (OPTIONS, MONITOR). Starting kmodwatch takes longer than most cases, so
# those with MONITOR=shared (they come first) follow each other under one, and each gets its slice of the output.
. /usr/lib/vm/monitor.sh

loaded() { cut -d' ' -f1 /proc/modules | sort; }

# What a case loaded must go, or the next one starts from something else.
clean_up() {
	tries=0 cleaned=
	until loaded >/run/after; cmp -s /run/before /run/after || [ $tries -ge 4 ]; do
		while read -r name; do
			grep -qxF "$name" /run/before || rmmod "$name" 2>>/run/rmmod.log
		done </run/after
		tries=$((tries + 1)) cleaned=yes
	done
	cmp -s /run/before /run/after || [ -e "$OUT/stays" ] || # what cannot be unloaded, in a boot of its own
		echo "modules differ after the case: $(diff /run/before /run/after | grep '^[+-][a-z]' | tr '\n' ' ')" >>"$OUT/trouble"
	[ "$(cat /proc/sys/kernel/modprobe)" = /sbin/modprobe ] || echo /sbin/modprobe >/proc/sys/kernel/modprobe
	rm -rf /tmp/* /tmp/.[!.]*
}

# Sends $OUT. The verdict goes last: what was cut short has none.
send() {
	tar -C /run/out -c "${OUT##*/}" | pass results
	echo 'done' >"$OUT/verdict"
	tar -C /run/out -c "${OUT##*/}/verdict" | pass results
	rm -rf "$OUT"
}

# busybox's timeout would run busybox's own sh, hence the path.
run_script() {
	(cd /root && timeout 200 /usr/bin/sh -u "$1/script" </dev/null >"$OUT/script.out" 2>"$OUT/script.err")
	echo $? >"$OUT/script.exit"
}

not_ready="kmodwatch was not ready (\`kmodwatch: watching\` on stderr) within 60 s"

run_alone() {
	# shellcheck disable=SC2086  # options are words
	if [ "$MONITOR" = none ] || monitor_start kmodwatch --format json -v $OPTIONS; then
		run_script "$1"
	else
		echo "$not_ready" >>"$OUT/trouble"
	fi
	[ "$MONITOR" = none ] || monitor_stop
}

# ---- the shared kmodwatch

session=
sessions=0

size() { stat -c %s "$1"; }

session_start() {
	sessions=$((sessions + 1))
	session=/run/out/session-$sessions
	mkdir -p $session
	OUT=$session monitor_start kmodwatch --format json -v || echo "$not_ready" >>$session/trouble
}

session_stop() {
	[ -n "$session" ] || return
	case_out=$OUT OUT=$session
	monitor_stop
	send
	OUT=$case_out session=
}

# What kmodwatch has written, and its CPU time; or the time, as long as it has something to do.
progress() {
	size $session/stdout
	# shellcheck disable=SC2046  # proc(5): the state is the third word, utime and stime are the 14th and 15th
	set -- $(cat "/proc/$(cat $session/monitor.pid)/stat" 2>/dev/null)
	if [ "${3-}" = R ]; then cat /proc/uptime; else echo "${14-} ${15-}"; fi
}

# Until nothing has been written and nothing done for a fifth of a second: a hash takes longer on a busy machine.
settle() {
	before="" now=$(progress)
	while [ "$now" != "$before" ]; do
		before=$now
		usleep 200000
		now=$(progress)
	done
}

# Kernels that preempt (7.x) skip programs: that is told, and so is what was waited for in vain, within another second.
preempts() { [ "$(uname -r | cut -d. -f1)" -ge 7 ]; }

run_shared() {
	[ -n "$session" ] || session_start
	out_start=$(size $session/stdout) err_start=$(size $session/stderr)
	run_script "$1"
	settle
	if preempts; then usleep 1200000; settle; fi
	tail -c +$((out_start + 1)) $session/stdout >"$OUT/stdout"
	tail -c +$((err_start + 1)) $session/stderr >"$OUT/stderr"
	clean_up
	[ -z "$cleaned" ] || settle
	if [ -s $session/exit ]; then
		echo "kmodwatch ended with $(cat $session/exit) during this case" >>"$OUT/trouble"
		session_stop
	fi
}

run_case() {
	export OUT=/run/out/${1##*/}
	mkdir -p "$OUT"
	. "$1/settings"
	loaded >/run/before
	if [ "$MONITOR" = shared ]; then
		run_shared "$1"
	else
		session_stop
		run_alone "$1"
		clean_up
	fi
	send
}

for folder in /cases/*; do run_case "$folder"; done
session_stop
goodbye 0
