# SPDX-License-Identifier: BSD-2-Clause
# In a guest with one CPU whose clock counts instructions: what each act costs, with each watcher. auditd comes last, since
# a kernel that ever audited gives each new process an audit context.
# shellcheck disable=SC2034  # what is not used here is used there
. /usr/lib/vm/watchers.sh

CRC7="/m/crc7.ko crc7"
EXECS=2000
[ "$SHORT" = yes ] && EXECS=400 # what the monitor does of its own accord meanwhile counts little

# The processor time that it took until it saw.
started() { awk '{ sum += $1 } END { printf "{\"daemon\": %d}\n", sum }' /proc/"$DAEMON"/task/*/schedstat; }

# CRC7 is two words.
# shellcheck disable=SC2086
modules() {
	figure module cost --rounds 1 --count 50 module $CRC7
	figure big cost --rounds 1 --count 2 module /tmp/big.ko crc7
}

no_hash() {
	modules
	figure memory memory
}

# Tools: fewer than kmodwatch shows a second. Refused calls: as many as take a bearable time with this watcher.
acts() {
	[ -z "$DAEMON" ] || figure start started
	sleep 4 # what a start brings about is over: the self-test's calls, the audit check's child
	figure getppid cost --rounds 1 --count 200000 getppid
	figure exec cost --rounds 1 --count $EXECS exec /usr/bin/other
	figure tool-3 cost --rounds 3 --count 18 --depth 2 exec /sbin/modprobe
	figure tool-8 cost --rounds 3 --count 18 --depth 7 exec /sbin/modprobe
	figure refused cost --rounds 1 --user 65534 --count "$1" finit
	modules
	[ "$SHORT" = yes ] || [ -z "$DAEMON" ] || figure memory memory
	[ "$SHORT" = yes ] || figure idle cost idle 120
}

# shellcheck disable=SC2086
growth() {
	for depth in 1 4 16; do
		figure "ancestors-$depth" cost --rounds 1 --count 20 --depth $depth module $CRC7
	done
	for rate in 1 10 100; do
		figure "pace-$rate" cost pace $rate 4 $CRC7
	done
}

# Its lines go to who measures.
# shellcheck disable=SC2086
latencies() {
	mkfifo /run/lines
	kmodwatch --no-snapshot >/run/lines 2>/run/latency &
	DAEMON=$!
	WATCH=kmodwatch figure latency cost latency $CRC7 1000 </run/lines
	kill $DAEMON
	wait $DAEMON
}

# So many rules for few requirements, and as many requirements, each a file of its own, for few rules.
parity() {
	mkdir -p /srv
	awk 'BEGIN { for (i = 0; i < 10000; i++) printf "# id: r%d\n-w /srv/file%d -p wa -k k\n", i, i }' >/run/profile.rules
	sed '/^#/d' /run/profile.rules >/run/many.rules
	head -4 /run/many.rules >/run/few.rules
	DAEMON=
	WATCH=kmodwatch
	figure check-rules cost --rounds 1 exec /usr/bin/kmodwatch --check-audit --format json --rules /run/many.rules
	figure check-profile cost --rounds 1 exec /usr/bin/kmodwatch --check-audit --format json --profile /run/profile.rules --rules /run/few.rules
}

# One small program, under a name that nobody watches and under one that all do.
ln -f /usr/bin/cost /usr/bin/other
rm /usr/sbin/modprobe
cp /usr/bin/cost /usr/sbin/modprobe
# What follows the module is not looked at.
cp /m/crc7.ko /tmp/big.ko
truncate -s 10M /tmp/big.ko

watch nothing acts 200000
watch kmodwatch acts 100000
[ "$SHORT" = yes ] && exit
OPTIONS=--no-hash
watch kmodwatch-no-hash no_hash
OPTIONS=
watch kmodwatch-growth growth
latencies
parity
watch bpftrace acts 3000
watch auditd acts 1000
