# An upgrade: programs of another build take over without a gap, another layout is replaced and says so.
. /usr/lib/vm/helpers.sh
cp /usr/sbin/kmodwatch /run/kmodwatch.now
generation() { basename "$PIN"/current/generation-*; }
before=$(generation)

storm() {
	while [ ! -e /run/over ]; do
		insmod /m/mac-celtic.ko && echo l >>/run/done
		rmmod mac_celtic && echo u >>/run/done
	done
}
journalctl --rotate >/dev/null; journalctl --vacuum-time=1s >/dev/null 2>&1
: >/run/done
storm &
sleep 2
cp --remove-destination /usr/lib/vm/other-programs /usr/sbin/kmodwatch
systemctl restart kmodwatch
sleep 2
touch /run/over
wait
rm /run/over
check "it is active" eventually 10 systemctl is-active kmodwatch
sleep 1
[ "$(generation)" != "$before" ] || fail "the same programs go on: $before"
is "resumed" true "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
is "loads" "$(grep -c l /run/done)" "$(events 'select(.kind=="module_load" and .outcome=="success").id' | wc -l)"
is "unloads" "$(grep -c u /run/done)" "$(events 'select(.kind=="module_unload" and .outcome=="success").id' | wc -l)"
is "lines twice" 0 "$(events .id | sort | uniq -d | wc -l)"
# 7.x skips a probe in whose midst another thread was preempted; the loads are all there
is "events_lost" "" "$(events 'select(.kind=="events_lost" and .what!="skipped probe")')"
is "module_missed" "" "$(events 'select(.kind=="module_missed")')"
echo "$(wc -l </run/done) loads and unloads around the upgrade"

# another layout, and other maps: what it left unread is counted, its pins are replaced
systemctl stop kmodwatch
sleep 0.5
mv "$PIN"/current/maps/image_ring "$PIN"/current/maps/of_then
modprobe mac-celtic
modprobe -r mac-celtic
cp --remove-destination /usr/lib/vm/other-layout /usr/sbin/kmodwatch
systemctl start kmodwatch
check "unread records are counted" [ "$(run_events 'select(.kind=="events_lost" and .what=="pinned record of another version").count')" -ge 9 ]
is "nothing is resumed" false "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
check "the journal says so" sh -c 'journalctl -u kmodwatch -o cat | grep -q "come from another version of kmodwatch"'
modprobe mac-celtic
modprobe -r mac-celtic
unloaded() { [ -n "$(run_events 'select(.kind=="module_unload" and .module.name=="mac_celtic")')" ]; }
check "the new programs see" eventually 5 unloaded

# and back
cp --remove-destination /run/kmodwatch.now /usr/sbin/kmodwatch
systemctl restart kmodwatch
check "it is active" eventually 10 systemctl is-active kmodwatch
is "attached twice" 1 "$(grep -c '^load_module ' /sys/kernel/tracing/enabled_functions)"
