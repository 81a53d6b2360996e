# What is removed leaves its options and what was captured; what is purged, nothing.
. /usr/lib/vm/helpers.sh
attached() { grep -c -E '^(load_module|strndup_user) ' /sys/kernel/tracing/enabled_functions; }
none_attached() { [ "$(attached)" = 0 ]; }
install_package now
started "installed"
mkdir -m 700 /var/lib/kmodwatch/captured && echo evidence >/var/lib/kmodwatch/captured/one
echo 'KMODWATCH_OPTIONS="--pin /sys/fs/bpf/elsewhere"' >/etc/default/kmodwatch
systemctl restart kmodwatch
check "it runs on other pins" [ -e /sys/fs/bpf/elsewhere/current/maps/ring ]
dpkg -r kmodwatch >/run/dpkg 2>&1 || fail "dpkg -r: $(cat /run/dpkg)"
check "it is stopped" [ -z "$(pidof kmodwatch)" ]
check "no pins are left" [ ! -e "$PIN" -a ! -e /sys/fs/bpf/elsewhere ]
check "no probes are left" eventually 15 none_attached
is "what is left when it is removed" "/etc/default/kmodwatch" "$(ls -d /usr/sbin/kmodwatch /lib/systemd/system/kmodwatch.service \
	/usr/share/kmodwatch /usr/share/doc/kmodwatch /var/lib/kmodwatch/kmodwatch-modules /etc/default/kmodwatch 2>/dev/null)"
dpkg -P kmodwatch >/run/dpkg 2>&1 || fail "dpkg -P: $(cat /run/dpkg)"
is "what was captured" evidence "$(cat /var/lib/kmodwatch/captured/one)"
check "dpkg names what is left" grep -q "'/var/lib/kmodwatch' not empty" /run/dpkg
rm -r /var/lib/kmodwatch

# and once more, with nothing captured: nothing at all is left
install_package now
started "installed again"
dpkg -P kmodwatch >/run/dpkg 2>&1 || fail "dpkg -P: $(cat /run/dpkg)"
is "what is left" "" "$(find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /usr/lib/vm -o -path /var/log \) -prune -o -name '*kmodwatch*' -print)"
is "pins that are left" "" "$(ls -d /sys/fs/bpf/kmodwatch 2>/dev/null)"
