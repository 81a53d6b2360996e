#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Runs the scenarios, each in a shell of its own, and tells the host: "ok NAME SECONDS" or "FAIL NAME SECONDS" and why.
port=/dev/virtio-ports
for ((tries = 0; tries < 200; tries++)); do
	[ -e $port/status ] && [ -e $port/results ] && break
	sleep 0.1
done
sent=0
say() {
	printf '%s\n' "$1" >$port/results
	sent=$((sent + ${#1} + 1))
}
# What a build with sanitizers had to complain of; systemd would start it anew.
sanitizers() {
	journalctl -u kmodwatch -o cat --no-pager | grep -m 1 -A 30 -e 'ERROR: .*Sanitizer' -e 'runtime error:'
}
export LC_ALL=C
echo 1 >/sys/kernel/rcu_expedited # unloading waits for RCU, which is slow under emulation
for scenario in /usr/lib/vm/scenarios/*.sh; do
	name=$(basename "$scenario" .sh)
	started=$SECONDS
	[ "$name" = 10-boot ] || { timeout 10 journalctl --rotate && timeout 10 journalctl --vacuum-time=1s; } >/dev/null 2>&1 # a short one is read quicker
	passed=
	timeout 240 bash -u "$scenario" >/run/said 2>&1 && passed=yes
	if ! sanitizers >>/run/said && [ $passed ]; then
		say "ok $name $((SECONDS - started)) $(tail -1 /run/said | tr -cd '\40-\176' | cut -c1-120)"
		continue
	fi
	say "FAIL $name $((SECONDS - started))"
	while IFS= read -r line; do
		say "| $line"
	done < <(tail -40 /run/said | tr -cd '\11\12\40-\176')
done
echo "0 results=$sent" >$port/status
sleep 60
systemctl poweroff -ff
