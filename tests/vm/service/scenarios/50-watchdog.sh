# The watchdog restarts a monitor that hangs, and one that is blind.
. /usr/lib/vm/helpers.sh
short_watchdog
restarts() { systemctl show -P NRestarts kmodwatch; }
before=$(restarts)
pid=$(main_pid)
sleep 9
is "the process while all is well" "$pid" "$(main_pid)"

kill -STOP "$pid"
modprobe crc-itu-t && modprobe -r crc-itu-t
check "a stopped monitor is restarted" eventually 15 sh -c '. /usr/lib/vm/helpers.sh; [ "$(systemctl show -P NRestarts kmodwatch)" -gt '"$before"' ]'
check "and is active" eventually 10 systemctl is-active kmodwatch
check "what happened meanwhile is told" eventually 5 sh -c '. /usr/lib/vm/helpers.sh; [ -n "$(run_events "select(.kind==\"module_unload\" and .module.name==\"crc_itu_t\")")" ]'

if sysctl -q -w kernel.ftrace_enabled=0 2>/dev/null; then
	before=$(restarts)
	check "a blind monitor is not kept alive" eventually 15 sh -c '. /usr/lib/vm/helpers.sh; [ "$(systemctl show -P NRestarts kmodwatch)" -gt '"$before"' ]'
	sleep 2
	check "and is not ready" sh -c '[ "$(systemctl is-active kmodwatch)" = activating ]'
	sysctl -q -w kernel.ftrace_enabled=1
	check "until it sees" eventually 20 systemctl is-active kmodwatch

	# One that attached some of its probes only watches with those: a restart would bring back none of the others.
	systemctl stop kmodwatch
	/usr/sbin/kmodwatch --unpin
	sysctl -q -w kernel.ftrace_enabled=0
	check "it becomes ready" timeout 30 systemctl start kmodwatch
	before=$(restarts)
	is "degraded" true "$(run_events 'select(.kind=="monitor_start").degraded')"
	check "its status says so" eventually 5 sh -c 'systemctl show -P StatusText kmodwatch | grep -q "^Watching, degraded"'
	sleep 9
	is "restarts while it is degraded" "$before" "$(restarts)"
	sysctl -q -w kernel.ftrace_enabled=1
	systemctl restart kmodwatch
	is "degraded" false "$(run_events 'select(.kind=="monitor_start").degraded')"
fi
rm -r /run/systemd/system/kmodwatch.service.d
systemctl daemon-reload
