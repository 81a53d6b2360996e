# A file system over the pins, for longer than the watchdog waits: the monitor that runs sees on, and is not killed for what
# a restart would not mend. One that was killed meanwhile cannot start; what it missed waits in the pins below.
. /usr/lib/vm/helpers.sh
short_watchdog
sleep 3
seen() { events 'select(.kind=="module_unload" and .module.name=="mac_celtic").id' | sort -u | wc -l; }
sees() { # HOW MANY: so many loads since the last time
	seen=$((seen + $1))
	check "$2" eventually 15 sh -c '. /usr/lib/vm/helpers.sh; [ "$(events "select(.kind==\"module_unload\" and .module.name==\"mac_celtic\").id" | sort -u | wc -l)" = '$seen' ]'
}
load() { modprobe mac-celtic && modprobe -r mac-celtic; }
blind() { told ".kind==\"monitor_blind\" and .probe==\"$1\""; }
recovered() { told ".kind==\"monitor_recovered\" and .probe==\"$1\""; }
seen=$(seen)

for kind in tmpfs bpf; do
	pid=$(main_pid)
	mount -t $kind -o mode=700 cover /sys/fs/bpf
	check "it is told ($kind)" eventually 10 blind module_load
	[ $kind = bpf ] || sleep 9
	load
	sees 1 "loads under a $kind"
	is "the process under a $kind" "$pid" "$(main_pid)"
	[ $kind = tmpfs ] && is "status" "Watching, but its pins are out of reach" "$(systemctl show -P StatusText kmodwatch | sed "s/, with .*//")"
	umount -l /sys/fs/bpf
	check "the pins are there again ($kind)" eventually 10 recovered module_load
	systemctl restart kmodwatch
	load
	sees 1 "loads after it ($kind)"
	is "resumed ($kind)" true "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
	is "attached twice ($kind)" 1 "$(grep -c '^load_module ' /sys/kernel/tracing/enabled_functions)"
done

# blind in truth, with its pins covered: that is told besides, and not kept alive
mount -t tmpfs cover /sys/fs/bpf
check "covered again" eventually 10 blind canary
if sysctl -q -w kernel.ftrace_enabled=0 2>/dev/null; then
	check "what is worse is told too" eventually 10 told '.kind=="monitor_blind" and .probe=="canary" and (.reason|test("ftrace_enabled"))'
	sysctl -q -w kernel.ftrace_enabled=1
fi
umount -l /sys/fs/bpf
check "active" eventually 20 systemctl is-active kmodwatch
check "all is well" eventually 20 sh -c 'systemctl show -P StatusText kmodwatch | grep -q "^Watching, with"'

# killed while they are covered
mount -t tmpfs cover /sys/fs/bpf
systemctl kill -s KILL --kill-whom=main kmodwatch
load
sleep 4
is "without a bpffs" activating "$(systemctl is-active kmodwatch)"
check "it says why" sh -c 'journalctl -u kmodwatch -o cat | grep -q "is not on a bpffs, so nothing can be pinned there"'
load
umount /sys/fs/bpf
check "active when it is back" eventually 20 systemctl is-active kmodwatch
sees 2 "what happened meanwhile"

rm -r /run/systemd/system/kmodwatch.service.d
systemctl daemon-reload
echo '# nothing' >/etc/default/kmodwatch
systemctl restart kmodwatch
