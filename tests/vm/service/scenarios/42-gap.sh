# What is done to the pins while nobody watches: told, mended, and never a reason to start over and over.
. /usr/lib/vm/helpers.sh
echo 'KMODWATCH_OPTIONS="--self-test 2"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active after the reload" eventually 10 systemctl is-active kmodwatch
blind_since() { # PROBE: when it was last known to see, by its monitor_recovered, in seconds since 1970
	run_events "select(.kind==\"monitor_recovered\" and .probe==\"$1\")|(.time[0:19]+\"Z\"|fromdate) - .blind_ns/1000000000|floor" | tail -1
}

# refused calls of root's without the capability, before the start and during it: the self-test makes such calls too
refused() { setpriv --bounding-set=-sys_module perl -e "my \$s = ''; $1 { syscall(313, -1, \$s, 0); syscall(175, 0, 0, \$s); syscall(176, \$s, 0) }"; }
crash
refused 'for (1 .. 25)'
refused "until (-e '/run/over')" &
systemctl start kmodwatch
echo "$SECONDS s: the start is over"
started "beside refused calls"
sleep 2
touch /run/over
wait
rm /run/over
check "they were more than are shown" eventually 5 told '.kind=="attempts_suppressed" and .uid==0 and .syscall.name=="finit_module" and .syscall.errno=="EPERM"'
is "blind beside refused calls" "" "$(run_events 'select(.kind=="monitor_blind")')"
is "calls of its own that are shown" "" "$(run_events 'select(.process.comm=="kmodwatch")')"

echo "$SECONDS s: refused calls"
journalctl --rotate >/dev/null; journalctl --vacuum-time=1s >/dev/null 2>&1

# a program that cannot be reached any more: all are replaced, and nothing is lost
crash
modprobe crc-itu-t
rm "$PIN"/current/generation-*/canary-program || fail "there is no such pin"
systemctl start kmodwatch
started "without the canary's program"
check "what came meanwhile is told" told '.kind=="module_load" and .module.name=="crc_itu_t"'
is "resumed" true "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
is "blind without the canary's program" "" "$(run_events 'select(.kind=="monitor_blind")')"
is "module_load's links" 1 "$(find "$PIN" -name module_load | wc -l)"


echo "$SECONDS s: the canary's program"

# all links: nobody watched, which hides nothing and accuses nobody
crash
sleep 3
now=$(date +%s)
rm -r "$PIN"/current/generation-*
check "nothing is attached" eventually 10 sh -c '! grep -q "^load_module " /sys/kernel/tracing/enabled_functions'
sleep 1 # what is on tracepoints goes with it, and is not listed
modprobe -r crc-itu-t
systemctl start kmodwatch
started "without links"
for probe in module_free finit_module_return; do
	check "the gap is told ($probe)" told ".kind==\"monitor_blind\" and .probe==\"$probe\" and (.reason|test(\"gone when the monitor started\"))"
	check "and its end" eventually 10 told ".kind==\"monitor_recovered\" and .probe==\"$probe\""
	check "it began when the last monitor ended" [ "$(blind_since $probe)" -le $((now - 2)) ]
done
check "the unload is missed" eventually 15 told '.kind=="module_missed" and .module.name=="crc_itu_t" and .change=="unloaded"'
is "hidden modules" "" "$(run_events 'select(.kind=="module_hidden")')"

echo '# nothing' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active" eventually 10 systemctl is-active kmodwatch
