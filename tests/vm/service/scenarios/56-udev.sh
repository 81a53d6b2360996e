# The real udev tries drivers that fail for each of many devices, several at once: each cause is a line a minute, and the rest is counted.
. /usr/lib/vm/helpers.sh
by_udev='select(.kind=="module_load" and .process.comm=="(udev-worker)" and (.module.name|test("^(intel_cstate|veth)$")))'
counts='select(.kind=="attempts_suppressed" and .what=="repeated")'
extra=/lib/modules/$(uname -r)/extra
mkdir -p "$extra" /etc/modprobe.d
cp /m/intel-cstate.ko "$extra/"				       # its init fails (ENODEV), and those that come meanwhile get EBUSY
sed 's/vermagic=./vermagic=X/' /m/veth.ko >"$extra/changed.ko" # EKEYREJECTED
depmod -a
printf 'alias acpi:* intel_cstate\nalias acpi:* changed\n' >/etc/modprobe.d/udev-test.conf
# One that has no pins tells its counts at its end, and not only after a minute.
/usr/sbin/kmodwatch --format json --no-snapshot >/run/lines 2>/run/messages &
beside=$!
check "another one starts beside it" eventually 60 grep -q monitor_start /run/lines
udevadm control --reload
began=$SECONDS
udevadm trigger --settle -c add -s acpi
minutes=$(((SECONDS - began) / 60 + 1))
sleep 1
kill "$beside"
wait "$beside"
rm -r "$extra" /etc/modprobe.d/udev-test.conf
depmod -a

devices=$(cat /sys/bus/acpi/devices/*/modalias | grep -c .)
check "there are devices ($devices)" [ "$devices" -ge 10 ]
for module in intel_cstate veth; do
	shown=$(jq -c "$by_udev|select(.module.name==\"$module\")" /run/lines | wc -l)
	counted=$(jq -s "[.[]|$counts|select(.module.name==\"$module\").count]|add" /run/lines)
	is "$module: $shown lines and $counted counted" "$devices" $((shown + counted))
done
cause='"\(.module.name) \(.syscall.errno)"'
is "a count without its line" "" "$(jq -s -r "[.[]|$by_udev|$cause] as \$lines|.[]|$counts|$cause|select(IN(\$lines[])|not)" /run/lines)"
causes=$(events "$by_udev|$cause" | sort | uniq -c)
check "each cause is a line a minute: $causes" awk -v most=$minutes '$1 > most { exit 1 } END { exit NR < 2 }' <<<"$causes"
echo "$devices devices:" "${causes//$'\n'/,}"
