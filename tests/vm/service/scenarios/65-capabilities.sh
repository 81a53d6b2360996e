# Each capability is needed: without it the service does not start, or what the unit's comment says is lost.
. /usr/lib/vm/helpers.sh
dropin=/run/systemd/system/kmodwatch.service.d
all="CAP_BPF CAP_PERFMON CAP_AUDIT_CONTROL"
is "the unit's capabilities" "$(echo "$all" | tr ' ' '\n' | sort)" \
	"$(sed -n 's/^CapabilityBoundingSet=//p' /usr/lib/systemd/system/kmodwatch.service | tr ' ' '\n' | sort)"
without() { # CAPABILITY: the service is started, with pins and without
	mkdir -p $dropin
	printf '[Service]\nRestart=no\nCapabilityBoundingSet=\nCapabilityBoundingSet=%s\n' "${all/$1/}" >$dropin/without.conf
	systemctl daemon-reload
	systemctl stop kmodwatch
	systemctl start kmodwatch 2>/dev/null
}
for capability in CAP_BPF CAP_PERFMON; do
	without $capability
	is "exit status without $capability, on pins" 2 "$(systemctl show -P ExecMainStatus kmodwatch)"
	/usr/sbin/kmodwatch --unpin
	systemctl start kmodwatch 2>/dev/null
	is "exit status without $capability" 2 "$(systemctl show -P ExecMainStatus kmodwatch)"
	check "it says why" sh -c 'journalctl -u kmodwatch -o cat -n 20 | grep -q '$capability
done
without CAP_AUDIT_CONTROL
check "it runs without CAP_AUDIT_CONTROL" systemctl is-active kmodwatch
check "audit_parity comes" eventually 10 told '.kind=="audit_parity"'
check "it knows nothing of the rules in force" told '.kind=="audit_parity" and .audit==null'
rm -r $dropin
systemctl daemon-reload
systemctl reset-failed kmodwatch
systemctl restart kmodwatch
check "active again" eventually 10 systemctl is-active kmodwatch
check "audit_parity comes again" eventually 10 told '.kind=="audit_parity"'
check "it knows the rules in force" told '.kind=="audit_parity" and .audit!=null'
