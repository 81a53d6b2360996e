# SPDX-License-Identifier: BSD-2-Clause
# In a guest with two CPUs that run at the same time: nobody makes calls that are refused, as many as he can, on both; root
# loads and unloads meanwhile. What was seen of it.
. /usr/lib/vm/watchers.sh

MS=3300

# VALUE of a figure that one flooder printed
calls() { sed 's/.*"calls": \([0-9]*\).*/\1/' "$1"; }

# seen_by_NAME: lines of root's loads and of his unloads.
seen_by_nothing() { echo 0 0; }
seen_by_kmodwatch() {
	echo "$(grep '"kind":"module_load".*"outcome":"success"' "$OUT/stdout" | grep -c '"name":"crc7"')" \
		"$(grep '"kind":"module_unload".*"outcome":"success"' "$OUT/stdout" | grep -c '"name":"crc7"')"
}
seen_by_bpftrace() {
	echo "$(grep -c '^tracepoint:syscalls:sys_exit_finit_module .* 0$' "$OUT/stdout")" \
		"$(grep -c '^tracepoint:syscalls:sys_exit_delete_module .* 0$' "$OUT/stdout")"
}
seen_by_auditd() {
	echo "$(cat /var/log/audit/* | grep -c '^type=SYSCALL.* syscall=313 success=yes .*modules')" \
		"$(cat /var/log/audit/* | grep -c '^type=SYSCALL.* syscall=176 success=yes .*modules')"
}

# lost_by_NAME, in the watcher's own units.
lost_by_nothing() { echo 0; }
lost_by_kmodwatch() { flood_lost "refused call"; }
lost_by_bpftrace() { sed -n 's/^Lost \([0-9]*\) events$/\1/p' "$OUT/stdout" "$OUT/log" | awk '{ sum += $1 } END { print sum + 0 }'; }
lost_by_auditd() { audit_lost; }

# counted_by_NAME: refused calls that are told, as lines or as counts.
counted_by_nothing() { echo 0; }
counted_by_kmodwatch() { echo $(($(flood_lines 65534 finit_module) + $(flood_suppressed refused 65534 finit_module))); }
counted_by_bpftrace() { grep -c '^tracepoint:syscalls:sys_exit_finit_module .* -1$' "$OUT/stdout"; }
counted_by_auditd() { cat /var/log/audit/* | grep -c '^type=SYSCALL.* syscall=313 success=no .* uid=65534 .*modules'; }

flooded() {
	kind=${WATCH%%-*}
	[ "$kind" != auditd ] || auditctl --reset-lost >/dev/null 2>&1
	cost --user 65534 flood $MS >/run/flood.1 &
	one=$!
	cost --user 65534 flood $MS >/run/flood.2 &
	two=$!
	sleep 0.2
	act loop /m/crc7.ko crc7 20 >/run/loop || echo "$WATCH: root's loads: $(cat /run/loop)" >&2
	wait $one $two
	sleep 3
	before=x
	until [ "$before" = "$("seen_by_$kind") $("counted_by_$kind")" ]; do # until all is written
		before="$("seen_by_$kind") $("counted_by_$kind")"
		sleep 1
	done
	# shellcheck disable=SC2046  # two words
	set -- $("seen_by_$kind")
	printf '{"calls": %s, "ms": %s, "loads": %s, "unloads": %s, "told": %s, "lost": %s, "started_ms": %s' \
		$(($(calls /run/flood.1) + $(calls /run/flood.2))) $MS "$1" "$2" "$("counted_by_$kind")" "$("lost_by_$kind")" "$STARTED_MS"
	[ -z "$DAEMON" ] || printf ', "memory": %s' "$(memory)"
	[ "$kind" != kmodwatch ] ||
		printf ', "verified": %s' "$(sed -n 's/.* attached, verified_insns //p' "$OUT/stderr" | awk '{ sum += $1 } END { print sum + 0 }')"
	echo '}'
}

no_wait() {
	auditctl --backlog_wait_time 0 >/dev/null
	flooded
}

# Attached and detached once: what is in the kernel's caches by then is there for all.
watch nothing figure flood flooded
watch kmodwatch figure flood flooded
watch bpftrace figure flood flooded
watch auditd figure flood flooded
watch auditd-no-wait figure flood no_wait
