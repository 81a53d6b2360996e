# SPDX-License-Identifier: BSD-2-Clause
# Runs in a guest: makes an event of each kind that the scene has none of, and prints one line of each.
. /usr/lib/vm/helpers.sh
export OUT=/tmp/out
pins=/sys/fs/bpf/kmodwatch

start() {
	rm -rf $OUT && mkdir $OUT
	does monitor_start kmodwatch --format json --no-snapshot -v --state /tmp/state "$@"
}
has() { grep -q "\"kind\":\"$1\".*$2" $OUT/stdout; }
# line KIND [EXPRESSION]: waits for it, and prints the first.
line() {
	wait_for 20 has "$@" || { echo "there is no $1 with '$2'" >&2; cat $OUT/stderr >&2; exit 1; }
	grep -m 1 "\"kind\":\"$1\".*$2" $OUT/stdout
}

start
monitor_stop
does insmod /m/veth.ko
start --pin $pins --self-test 1 --ring-size 64
line module_missed
sysctl -q -w kernel.modprobe=/usr/local/sbin/modprobe
line module_policy
act as 65534 act flood-finit 500 >/dev/null
line attempts_suppressed
answers 0 act finit /m/hide_list.ko "" 1
line module_hidden
act map-open control >/dev/null
line monitor_touched '"object":"control"'
rm $pins/current/generation-*/module_load
line monitor_blind
line monitor_recovered
kill -STOP "$(cat $OUT/monitor.pid)"
act loop /m/dummy.ko dummy 60 >/dev/null
kill -CONT "$(cat $OUT/monitor.pid)"
line events_lost '"what":"module_coming"'
monitor_stop
answers 0 act finit /m/dummy.ko
start --pin $pins
line monitor_start '"resumed"'
monitor_stop
kmodwatch --unpin
