# Options that are wrong at a start: the service fails once, says why, and starts when they are right. What may pass is tried again.
. /usr/lib/vm/helpers.sh
state() { systemctl show -P ActiveState kmodwatch; }
for bad in '--no-such-option' '--ring-size 5' '--profile nonsense' '--check-audit' '--btf /etc/passwd' '--pin /run/elsewhere'; do
	echo "KMODWATCH_OPTIONS=\"$bad\"" >/etc/default/kmodwatch
	systemctl restart kmodwatch 2>/dev/null && fail "it starts ($bad)"
	sleep 3
	is "its state ($bad)" failed "$(state)"
	is "restarts ($bad)" 0 "$(systemctl show -P NRestarts kmodwatch)"
	is "exit status ($bad)" 2 "$(systemctl show -P ExecMainStatus kmodwatch)"
	check "status says why ($bad)" eventually 5 sh -c 'systemctl status kmodwatch --no-pager | grep -q "kmodwatch\\[[0-9]*\\]: kmodwatch: .*$1"' - "${bad##* }"
done
echo '# nothing' >/etc/default/kmodwatch
modprobe crc-itu-t
systemctl start kmodwatch
started "with right options"
check "what came meanwhile is told" told '.kind=="module_load" and .module.name=="crc_itu_t"'
modprobe -r crc-itu-t

# the pins are another's for a while
systemctl stop kmodwatch
/usr/sbin/kmodwatch --pin "$PIN" --format json >/run/other 2>&1 &
other=$!
eventually 30 grep -q monitor_start /run/other
systemctl start kmodwatch --no-block
check "it says that it can be tried again" eventually 10 said "status=75/TEMPFAIL"
sleep 3
check "it is tried again" [ "$(systemctl show -P NRestarts kmodwatch)" -ge 1 ]
kill "$other"
wait
check "it comes up by itself" eventually 20 systemctl is-active kmodwatch
check "and says who held them" said "is held by another kmodwatch"
