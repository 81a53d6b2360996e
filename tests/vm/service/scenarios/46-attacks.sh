# What root can do to the service from outside: it goes on seeing, or says what it did not see. kmodwatch(8) has the table.
. /usr/lib/vm/helpers.sh
echo 'KMODWATCH_OPTIONS="--self-test 2"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active after the reload" eventually 10 systemctl is-active kmodwatch
sleep 3
cgroup=/sys/fs/cgroup$(systemctl show -P ControlGroup kmodwatch)
unloads() { events "select(.kind==\"module_unload\" and .module.name==\"$1\")" | wc -l; }
more_unloads() { [ "$(unloads "$1")" -gt "$2" ]; }
sees() {
	local before
	before=$(unloads mac_celtic)
	modprobe mac-celtic && modprobe -r mac-celtic
	check "a load is seen ($1)" eventually "${2:-10}" more_unloads mac_celtic "$before"
}
sees "before"

# the clock
date -s '+1 hour' >/dev/null
sees "an hour later"
date -s '-2 hours' >/dev/null
sees "an hour earlier"
date -s '+1 hour' >/dev/null
is "missed" "" "$(run_events 'select(.kind=="module_missed")')"

# journald
systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald 2>/dev/null
before=$(unloads crc_itu_t)
modprobe crc-itu-t && modprobe -r crc-itu-t
sleep 3
systemctl start systemd-journald.socket systemd-journald-dev-log.socket systemd-journald
check "what happened without journald is told" eventually 20 more_unloads crc_itu_t "$before"

# frozen, as a cgroup
echo 1 >"$cgroup/cgroup.freeze"
before=$(unloads crc_itu_t)
modprobe crc-itu-t && modprobe -r crc-itu-t
sleep 2
is "lines of a frozen monitor" "$before" "$(unloads crc_itu_t)"
echo 0 >"$cgroup/cgroup.freeze"
check "what happened meanwhile is told" eventually 10 more_unloads crc_itu_t "$before"

# an empty set of CPUs is that of the cgroup above
{ echo >"$cgroup/cpuset.cpus"; } 2>/dev/null
sees "without CPUs of its own"

# the pins' file system: gone, and covered
blind_map() { [ -n "$(run_events "select(.kind==\"monitor_blind\" and .map==\"$1\")" | tail -1)" ]; }
recovered_map() { [ -n "$(run_events "select(.kind==\"monitor_recovered\" and .map==\"$1\")" | tail -1)" ]; }
umount -l /sys/fs/bpf
check "that the pins are out of reach is told" eventually 10 blind_map ring
sees "without a bpffs"
mount -t bpf -o mode=700 bpf /sys/fs/bpf
check "they are made again" eventually 15 recovered_map ring
check "there" [ -e "$PIN/current/maps/ring" ]
sees "with another bpffs"

# memory
echo 1M >"$cgroup/memory.max" 2>/dev/null
sleep 5
echo max >"$cgroup/memory.max" 2>/dev/null
check "active with memory again" eventually 40 systemctl is-active kmodwatch
sees "after too little memory" 20

echo '# nothing' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active" eventually 10 systemctl is-active kmodwatch
