# What the administrator wrote stays, and another layout of what is pinned is replaced, upward and downward.
. /usr/lib/vm/helpers.sh
install_package now
echo 'KMODWATCH_OPTIONS="--pin /sys/fs/bpf/elsewhere"' >/etc/default/kmodwatch
systemctl restart kmodwatch
install_package later
grep -q elsewhere /etc/default/kmodwatch || fail "the options are gone"
check "it runs with them" [ -e /sys/fs/bpf/elsewhere/current/maps/ring ]

# a layout that this version cannot read: its records are counted, and what is loaded is seen
systemctl stop kmodwatch
kmodwatch --options /etc/default/kmodwatch --unpin
echo "# none" >/etc/default/kmodwatch
systemctl start kmodwatch
install_package latest
started "another layout"
check "the journal says so" sh -c 'journalctl -u kmodwatch -o cat | grep -q "come from another version of kmodwatch"'
install_package now
started "and back"
is "the version" "$(dpkg-deb -f /usr/lib/vm/packages/now.deb Version)" "$(version)"

dpkg -P kmodwatch >/run/dpkg 2>&1 || fail "dpkg -P: $(cat /run/dpkg)"
is "pins that are left" "" "$(ls -d "$PIN" 2>/dev/null)"
