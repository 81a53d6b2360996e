# Restarts, an end in the midst of loads, and what the next start says of it.
. /usr/lib/vm/helpers.sh
crash
modprobe mac-celtic
modprobe brd
modprobe -r mac-celtic
sleep 0.5
systemctl start kmodwatch
check "resumed says how many" [ "$(run_events 'select(.kind=="monitor_start").resumed.records')" -ge 9 ]
check "resumed says since when" run_events 'select(.kind=="monitor_start").resumed.since' | grep -q T
in_order() { [ "$(run_events 'select((.kind|test("module_(load|unload)$")) and .outcome=="success")|[.kind,.module.name,.process.comm]' | tr -d '\n')" = \
	'["module_load","mac_celtic","modprobe"]["module_load","brd","modprobe"]["module_unload","mac_celtic","modprobe"]' ]; }
eventually 5 in_order || {
	run_events '[.kind,.outcome,.module.name,.process.comm]'
	fail "what happened meanwhile is not told in order"
}
is "nothing passes for missed" "" "$(run_events 'select(.kind=="module_missed")')"

# a restart loses nothing either
for i in 1 2 3; do
	modprobe -r brd; systemctl restart kmodwatch & modprobe brd; wait
done
check "it is active" eventually 10 systemctl is-active kmodwatch
sleep 1
is "loads of brd in all" 4 "$(events 'select(.kind=="module_load" and .module.name=="brd").id' | sort -u | wc -l)"

# pins gone: nothing recorded, but the list of the last run tells
systemctl stop kmodwatch
sleep 0.5
/usr/sbin/kmodwatch --unpin
check "the pins are gone" [ ! -e /sys/fs/bpf/kmodwatch ]
modprobe mac-celtic
modprobe -r brd
systemctl start kmodwatch
missed() { [ "$(run_events 'select(.kind=="module_missed")|[.module.name,.change]' | sort | tr -d '\n')" = '["brd","unloaded"]["mac_celtic","loaded"]' ]; }
check "module_missed names both" eventually 15 missed
is "it says that it took nothing over" null "$(run_events 'select(.kind=="monitor_start").resumed')"
modprobe -r mac-celtic
