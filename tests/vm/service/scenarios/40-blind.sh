# What blinds it is noticed, named, mended where possible, and not hidden from the watchdog.
. /usr/lib/vm/helpers.sh
echo 'KMODWATCH_OPTIONS="--self-test 2"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active after the reload" eventually 10 systemctl is-active kmodwatch
blind() { [ -n "$(run_events "select(.kind==\"monitor_blind\" and .probe==\"$1\")" | tail -1)" ]; }
recovered() { [ -n "$(run_events "select(.kind==\"monitor_recovered\" and .probe==\"$1\")" | tail -1)" ]; }
pid=$(main_pid)
sleep 3

# kprobes are not what it uses
echo 0 >/sys/kernel/debug/kprobes/enabled
sleep 5
is "blind through kprobes" "" "$(run_events 'select(.kind=="monitor_blind").probe')"
modprobe crc-itu-t && modprobe -r crc-itu-t
check "loads are seen with kprobes off" eventually 5 sh -c '. /usr/lib/vm/helpers.sh; [ -n "$(run_events "select(.kind==\"module_unload\" and .module.name==\"crc_itu_t\")")" ]'
echo 1 >/sys/kernel/debug/kprobes/enabled

# a pin removed, and one replaced
cd "$PIN"/current/generation-*/ || fail "no pins"
rm module_load
check "a removed pin is named" eventually 8 blind module_load
check "it is pinned anew" eventually 8 [ -e module_load ]
check "and that is said" eventually 8 recovered module_load
mv module_free params_copied
check "a replaced pin is named" eventually 8 blind params_copied
check "both are pinned anew" eventually 8 [ -e module_free ]
check "and that is said" eventually 8 recovered params_copied

# a map's pin, a program's; all of them, with the folder
blind_map() { [ -n "$(run_events "select(.kind==\"monitor_blind\" and .map==\"$1\")" | tail -1)" ]; }
recovered_map() { [ -n "$(run_events "select(.kind==\"monitor_recovered\" and .map==\"$1\")" | tail -1)" ]; }
rm canary-program "$PIN"/current/maps/ring
check "a map's removed pin is named" eventually 8 blind_map ring
check "a program's removed pin is named" blind canary
check "both are pinned anew" eventually 8 [ -e canary-program -a -e "$PIN"/current/maps/ring ]
check "and that is said" eventually 8 recovered_map ring
cd /
pinned() { echo "$(find "$PIN"/current/maps -type f | wc -l) $(find "$PIN"/current/generation-*/ -name '*-program' | wc -l)"; }
before=$(pinned)
rm -r "$PIN"
check "that all are gone is named" eventually 8 blind load_done
check "all are pinned anew" eventually 8 recovered_map objects
is "what is pinned anew" "$before" "$(pinned)"
is "its programs" "${before#* }" "$(run_events 'select(.kind=="monitor_start").probes[]|select(.attached).name' | wc -l)"
check "the folder is held" sh -c '! /usr/sbin/kmodwatch --unpin 2>/dev/null'

# a link really detached: possible only where nobody holds it, so with the monitor gone
systemctl kill -s KILL --kill-whom=main kmodwatch & systemctl stop kmodwatch
wait
rm "$PIN"/current/generation-*/delete_module_return
systemctl start kmodwatch
check "a link that is gone is named" eventually 8 blind delete_module_return
check "and attached again" eventually 10 recovered delete_module_return
modprobe crc-itu-t && modprobe -r crc-itu-t
check "unloads are seen" eventually 5 sh -c '. /usr/lib/vm/helpers.sh; [ -n "$(run_events "select(.kind==\"module_unload\" and .module.name==\"crc_itu_t\")")" ]'

# ftrace off: all at once
if ! sysctl -q -w kernel.ftrace_enabled=0 2>/dev/null; then
	check "only 5.10 refuses" sh -c 'case $(uname -r) in 5.10*) ;; *) exit 1 ;; esac'
	echo "kernel.ftrace_enabled=0 is refused here"
	exit 0
fi
check "finit_module_return is named" eventually 10 blind finit_module_return
check "the canary is named" blind canary
check "status says so" eventually 20 sh -c 'systemctl show -P StatusText kmodwatch | grep -q "self-test fails"'
modprobe crc-itu-t
sysctl -q -w kernel.ftrace_enabled=1
check "finit_module_return recovers" eventually 10 recovered finit_module_return
check "the canary recovers" eventually 10 recovered canary
check "blind_ns is there" [ "$(run_events 'select(.kind=="monitor_recovered" and .probe=="canary").blind_ns' | tail -1)" -gt 1000000000 ]
modprobe -r crc-itu-t
