# A reload reads options and profile anew; options that will not do change nothing.
. /usr/lib/vm/helpers.sh
echo 'KMODWATCH_OPTIONS="--profile complete"' >/etc/default/kmodwatch
pid=$(main_pid)
modprobe crc-itu-t
systemctl reload kmodwatch
modprobe -r crc-itu-t
profile_is() { [ "$(run_events 'select(.kind=="audit_parity").profile' | tail -1)" = "\"$1\"" ]; }
check "the new profile is checked" eventually 10 profile_is complete
is "the process" "$pid" "$(main_pid)"
check "nothing is lost" eventually 5 sh -c '. /usr/lib/vm/helpers.sh; [ "$(events "select(.module.name==\"crc_itu_t\" and .outcome==\"success\").kind" | tail -2 | tr -d "\n")" = "\"module_load\"\"module_unload\"" ]'

starts=$(events 'select(.kind=="monitor_start")' | wc -l)
for bad in 'KMODWATCH_OPTIONS="--profile nonsense"' 'KMODWATCH_OPTIONS="--no-such-option"' 'KMODWATCH_OPTIONS="--profile' 'nonsense' \
	'KMODWATCH_OPTIONS="--check-audit"' 'KMODWATCH_OPTIONS="--pin /sys/fs/bpf/elsewhere"' 'KMODWATCH_OPTIONS="--pin /run/elsewhere"'; do
	echo "$bad" >/etc/default/kmodwatch
	systemctl reload kmodwatch 2>/dev/null && fail "the reload does not fail ($bad)"
	check "it stays active ($bad)" systemctl is-active kmodwatch
	is "the process ($bad)" "$pid" "$(main_pid)"
	check "status says why ($bad)" eventually 5 sh -c 'systemctl status kmodwatch -n 20 --no-pager | grep -q "kmodwatch: \(.*nonsense\|--no-such\|/etc/default/kmodwatch, line 1\|--check-audit\|.*elsewhere\)"'
done
is "it was not bothered" "$starts" "$(events 'select(.kind=="monitor_start")' | wc -l)"
check "it keeps its profile" profile_is complete
# what is wrong with the options is said as at a start, each time
check "it names the option" said "kmodwatch: --no-such-option is not an option"
check "it names the profile" said "nonsense"
echo 'KMODWATCH_OPTIONS="--ring-size 5"' >/etc/default/kmodwatch
systemctl reload kmodwatch 2>/dev/null && fail "the reload does not fail"
check "it names the value" eventually 10 said "kmodwatch: --ring-size 5 cannot be used"
# who sends the signal himself checks nothing, and it goes on as well
kill -HUP "$pid"
check "it says so" eventually 10 said "goes on with the old ones"

# -v is taken, and given up again
attached() { journalctl -u kmodwatch -o cat | grep -c '^kmodwatch: watching$'; }
is "without -v" 0 "$(attached)"
echo 'KMODWATCH_OPTIONS="-v"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "-v says more" eventually 10 said "kmodwatch: watching"
before=$(attached)
echo '# nothing' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "the profile is the default" eventually 10 profile_is cis-rhel7
sleep 1
is "without -v again" "$before" "$(attached)"
check "no other pins are made" [ ! -e /sys/fs/bpf/elsewhere ]

# images, where the hardened service may write
folder=/var/lib/kmodwatch/images
sum=$(sha256sum </m/veth.ko | cut -d' ' -f1)
echo "KMODWATCH_OPTIONS=\"--capture $folder\"" >/etc/default/kmodwatch
systemctl reload kmodwatch
check "the folder for images is made" eventually 10 test -d $folder
insmod /m/veth.ko
rmmod veth
check "the image is kept" eventually 10 sh -c "[ \"\$(sha256sum <$folder/$sum.ko)\" = '$sum  -' ]"
is "their modes" "700 600" "$(stat -c %a $folder) $(stat -c %a $folder/"$sum".ko)"

echo '# nothing' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "back to the default" eventually 10 profile_is cis-rhel7
