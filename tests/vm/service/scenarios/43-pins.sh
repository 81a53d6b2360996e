# Pins that are not kmodwatch's own, or cannot be made: said, and never a reason to start over and over.
. /usr/lib/vm/helpers.sh
echo 'KMODWATCH_OPTIONS="--self-test 2"' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active after the reload" eventually 10 systemctl is-active kmodwatch

# a pin that cannot be made: it is said, and the service is not ready before it can
crash
rm "$PIN"/current/generation-*/canary
mkdir "$(echo "$PIN"/current/generation-*)/canary"
systemctl start --no-block kmodwatch
check "a pin that cannot be made is named" eventually 15 told '.kind=="monitor_start" and (.probes|map(select(.pinned==false).name)==["canary"])'
sleep 5
is "ready" activating "$(systemctl is-active kmodwatch)"
rmdir "$PIN"/current/generation-*/canary
started "once it can be made"
check "and that is said" eventually 8 told '.kind=="monitor_recovered" and .probe=="canary"'


# another ring in the ring's place: what the programs write can never be read
/usr/sbin/kmodwatch --pin /sys/fs/bpf/other --no-snapshot >/run/other 2>&1 &
other=$!
check "another monitor runs" eventually 20 grep -q module_policy\\\|monitor_start /run/other
kill -9 $other
wait $other 2>/dev/null
crash
mv /sys/fs/bpf/other/current/maps/ring "$PIN"/current/maps/ring || fail "the ring's pin cannot be replaced"
/usr/sbin/kmodwatch --unpin --pin /sys/fs/bpf/other
systemctl start kmodwatch
started "with another's ring"
check "it is told that records were lost" told '.kind=="events_lost" and .what=="pinned record"'
check "in a word that the schema has" jq -e '[.. | .enum? | arrays | .[]] | index("pinned record")' /usr/share/kmodwatch/kmodwatch.schema.json
is "resumed" false "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
is "attached twice" 1 "$(grep -c '^load_module ' /sys/kernel/tracing/enabled_functions)"

echo '# nothing' >/etc/default/kmodwatch
systemctl reload kmodwatch
check "active" eventually 10 systemctl is-active kmodwatch
