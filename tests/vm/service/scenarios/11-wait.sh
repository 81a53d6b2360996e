# How long the boot waits for it: at most a second beyond its own CPU time, whether it sees or not.
. /usr/lib/vm/helpers.sh
ready() { # ms from the start of the process to READY
	local began until
	began=$(systemctl show -P ExecMainStartTimestampMonotonic kmodwatch)
	until=$(systemctl show -P ActiveEnterTimestampMonotonic kmodwatch)
	echo $(((until - began) / 1000))
}
cpu() { echo $(($(systemctl show -P CPUUsageNSec kmodwatch) / 1000000)); }
check "it is active" eventually 20 systemctl is-active kmodwatch
at_boot="$(ready) ms, of which $(cpu) ms of CPU up to now"
check "systemd-analyze knows it" sh -c 'systemd-analyze blame --no-pager | grep -q kmodwatch.service'

# first starts, as at a boot
first_start() { # [OPTION...]: what it says of itself with -v
	systemctl stop kmodwatch
	/usr/sbin/kmodwatch --unpin
	echo "KMODWATCH_OPTIONS=\"-v $*\"" >/etc/default/kmodwatch
	journalctl --rotate >/dev/null; journalctl --vacuum-time=1s >/dev/null 2>&1
	timeout 30 systemctl start kmodwatch || fail "it does not start"
	journalctl -u kmodwatch -o cat --no-pager | grep '^kmodwatch: ready after'
}
waits() {
	local ms=${1##*waited }
	echo "${ms%% *}"
}
said=$(first_start)
check "it waits less than a second ($said)" [ "$(waits "$said")" -le 1000 ]

# the reader of the lines hangs from the beginning on
mkdir -p /run/systemd/system/kmodwatch.service.d
mkfifo /run/nobody
sleep 1000 <>/run/nobody &
holder=$!
timeout 1 cat /dev/zero >/run/nobody # it is full
printf '[Service]\nStandardOutput=file:/run/nobody\n' >/run/systemd/system/kmodwatch.service.d/nobody.conf
systemctl daemon-reload
said=$(first_start --format json)
check "it waits for no reader ($said)" [ "$(waits "$said")" -le 1700 ]
kill $holder
rm -r /run/nobody /run/systemd/system/kmodwatch.service.d/nobody.conf
systemctl daemon-reload
echo '# nothing' >/etc/default/kmodwatch
systemctl restart kmodwatch
check "status has the probes and counts" eventually 5 sh -c 'systemctl show -P StatusText kmodwatch | grep -Eq "^Watching, with [0-9]+ probes; since 20.* UTC: [0-9]+ loads, "'
echo "boot: $at_boot; $(systemd-analyze blame --no-pager | grep kmodwatch.service)"
