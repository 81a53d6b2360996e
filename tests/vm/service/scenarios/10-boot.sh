# Boot with the unit enabled: ready, early enough to see modules-load and udev, and hardened.
. /usr/lib/vm/helpers.sh
check "it is active" eventually 20 systemctl is-active kmodwatch
is "degraded at the start" false "$(events 'select(.kind=="monitor_start").degraded')"
modules_load() { [ -n "$(events 'select(.kind=="module_load" and .module.name=="dummy" and (.process.comm|startswith("systemd-modules")))')" ]; }
check "modules-load's load is seen" eventually 5 modules_load
check "udev's loads are seen" [ -n "$(events 'select(.kind=="module_load" and (.process.comm|test("udevd|udev-worker")))' | head -1)" ]
check "auditd runs beside it" systemctl is-active auditd
is "a failed probe" "" "$(events 'select(.kind=="monitor_start").probes[]|select(.attached|not).name')"
is "a probe that is not pinned" "" "$(events 'select(.kind=="monitor_start").probes[]|select(.pinned|not).name')"

exposure=$(systemd-analyze security --no-pager kmodwatch.service | sed -n 's/.*Overall exposure level for kmodwatch.service: \([0-9.]*\).*/\1/p')
echo "exposure: $exposure"
check "exposure is 2.0 or better" awk -v e="$exposure" 'BEGIN { exit !(e != "" && e <= 2.0) }'
is "its capabilities (CAP_AUDIT_CONTROL, CAP_PERFMON, CAP_BPF)" 000000c040000000 "$(sed -n 's/^CapEff:\t//p' "/proc/$(main_pid)/status")"
check "the journal's lines are not for everybody" [ "$(stat -c %a "/var/lib/kmodwatch/kmodwatch-modules")" = 600 ]
lines | jq -e -c . >/run/parsed || fail "jq cannot read the journal's KMODWATCH_JSON: $(lines | grep -v '^{.*}$' | head -3)"
is "entries without a line, and not on stderr" "" "$(journalctl -u kmodwatch -t kmodwatch -o json --all --no-pager |
	jq -c 'select(._TRANSPORT == "journal" and (.KMODWATCH_JSON // "{}" | fromjson | .schema) != 2)')"

# what an administrator sees first
systemctl status kmodwatch --no-pager >/run/status
check "status has counts" grep -q '^ *Status: "Watching, with [0-9]* probes; .* loads, ' /run/status
check "it has the last events in words" grep -q ' kmodwatch\[[0-9]*\]: .* was loaded by ' /run/status
is "JSON in it" "" "$(grep '[{}]' /run/status)"
is "JSON in what journalctl -u shows" "" "$(journalctl -u kmodwatch --no-pager | grep '[{}]')"

# what was there before a start
is "modules-load's module passes for older" "" "$(events 'select(.kind=="module_present" and .module.name=="dummy")')"
systemctl restart kmodwatch
check "it is active again" eventually 10 systemctl is-active kmodwatch
systemctl reload kmodwatch
sleep 2
is "what was listed once and is again" "" "$(events 'select(.kind=="module_present").module.name' | sort | uniq -d)"
is "missed by a restart and a reload" "" "$(events 'select(.kind=="module_missed")')"
echo 'KMODWATCH_OPTIONS="--snapshot"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "they are listed where that is asked" eventually 5 told '.kind=="module_present" and .module.name=="dummy" and .module.state=="live"'
echo '# nothing' >/etc/default/kmodwatch

# other pins know nothing
systemctl stop kmodwatch
/usr/sbin/kmodwatch --unpin
systemctl start kmodwatch
check "all is listed with new pins" eventually 5 told '.kind=="module_present" and .module.name=="dummy" and .module.state=="live"'

# its name, as it is now
hostname renamed
modprobe mac-celtic && modprobe -r mac-celtic
check "lines have the new name" eventually 5 told '.kind=="module_unload" and .host.name=="renamed"'
hostname guest
