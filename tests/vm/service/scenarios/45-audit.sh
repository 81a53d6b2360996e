# The self-test leaves no audit record, but for the calls that it makes at the start.
. /usr/lib/vm/helpers.sh
auditctl -a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k own-calls || fail "auditctl refused the rule"
auditctl -e 1 >/dev/null
echo 'KMODWATCH_OPTIONS="--self-test 1"' >/etc/default/kmodwatch
records() { ausearch -k own-calls -c kmodwatch --raw 2>/dev/null | grep -c '^type=SYSCALL.* comm="kmodwatch"'; }
systemctl reload kmodwatch
check "active" eventually 10 systemctl is-active kmodwatch
three() { [ "$(records)" = 3 ]; }
eventually 10 three || fail "calls at the start: wanted 3, got $(records)"
sleep 6
is "audit records after six more tests" 3 "$(records)"
check "the tests went on" sh -c 'systemctl show -P StatusText kmodwatch | grep -q ^Watching'
is "calls of its own that are shown" "" "$(run_events 'select(.process.comm=="kmodwatch")')"
modprobe mac-celtic && modprobe -r mac-celtic
others() { ausearch -k own-calls -c modprobe --raw 2>/dev/null | grep -q 'comm="modprobe"'; }
check "auditd does record others' calls" eventually 5 others
auditctl -d always,exit -F arch=b64 -S init_module,finit_module,delete_module -k own-calls
echo '# nothing' >/etc/default/kmodwatch
systemctl reload kmodwatch
