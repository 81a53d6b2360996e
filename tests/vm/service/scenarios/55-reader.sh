# While journald stands still, nobody takes the lines: the watchdog is fed all the same, and nothing is lost.
. /usr/lib/vm/helpers.sh
mkdir -p /run/systemd/system/kmodwatch.service.d
printf '[Service]\nWatchdogSec=4\n' >/run/systemd/system/kmodwatch.service.d/watchdog.conf
systemctl daemon-reload
systemctl restart kmodwatch
pid=$(main_pid)
restarts=$(systemctl show -P NRestarts kmodwatch)
waits() { systemctl show -P StatusText kmodwatch | grep -q ^Waiting; }
stand_still() {
	journald=$(systemctl show -P MainPID systemd-journald)
	kill -STOP "$journald"
	pairs=0
	until waits || [ $pairs = 300 ]; do # more than the socket takes
		insmod /m/veth.ko
		rmmod veth
		pairs=$((pairs + 1))
	done
	check "it waits ($1)" eventually 10 waits
	sleep 9
	is "the process ($1)" "$pid" "$(main_pid)"
	is "its restarts ($1)" "$restarts" "$(systemctl show -P NRestarts kmodwatch)"
	if [ "$1" = reload ]; then
		systemctl reload kmodwatch
		sleep 9
		is "the process (reloaded)" "$pid" "$(main_pid)"
	fi
	kill -CONT "$journald"
	modprobe mac-celtic && modprobe -r mac-celtic
	check "it goes on ($1)" eventually 30 told '.event=="module_unload" and .module.name=="mac_celtic"'
	is "the process, in the end ($1)" "$pid" "$(main_pid)"
	is "unloads ($1)" "$pairs" "$(events 'select(.event=="module_unload" and .module.name=="veth").id' | sort -u | wc -l)"
	journalctl --rotate >/dev/null 2>&1
	journalctl --vacuum-time=1s >/dev/null 2>&1
}
stand_still stdout
stand_still reload
rm -r /run/systemd/system/kmodwatch.service.d
systemctl daemon-reload
