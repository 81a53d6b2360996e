# The package is installed, and nothing is missed by an upgrade or a downgrade.
. /usr/lib/vm/helpers.sh
generation() { basename "$PIN"/current/generation-*; }

storm() {
	while [ ! -e /run/over ]; do
		insmod /m/mac-celtic.ko && echo l >>/run/done
		rmmod mac_celtic && echo u >>/run/done
	done
}

# while_loading PACKAGE: it is installed over another one, and each load and unload around that has one line.
while_loading() {
	local run before
	journalctl --rotate >/dev/null; journalctl --vacuum-time=1s >/dev/null 2>&1
	before=$(generation)
	rm -f /run/over
	: >/run/done
	storm &
	sleep 2
	install_package "$1"
	sleep 2
	touch /run/over
	wait
	check "it is active ($1)" eventually 10 systemctl is-active kmodwatch
	sleep 1
	[ "$(generation)" != "$before" ] || fail "the same programs go on after $1: $before"
	is "resumed ($1)" true "$(run_events 'select(.kind=="monitor_start")|.resumed!=null')"
	is "loads ($1)" "$(grep -c l /run/done)" "$(events 'select(.kind=="module_load" and .outcome=="success").id' | wc -l)"
	is "unloads ($1)" "$(grep -c u /run/done)" "$(events 'select(.kind=="module_unload" and .outcome=="success").id' | wc -l)"
	is "lines twice ($1)" 0 "$(events .id | sort | uniq -d | wc -l)"
	is "holes in a run ($1)" "" "$(events .seq | awk '$1 != 1 && NR > 1 && $1 != last + 1 { print last, $1 } { last = $1 }')"
	# 7.x skips a probe in whose midst another thread was preempted; the loads are all there
	is "events_lost ($1)" "" "$(events 'select(.kind=="events_lost" and .what!="skipped probe")')"
	is "module_missed ($1)" "" "$(events 'select(.kind=="module_missed")')"
	counts="${counts:-}$(wc -l </run/done) "
}

install_package now
[ "$(uname -m)" != x86_64 ] || is "the architecture" amd64 "$(dpkg-query -W -f '${Architecture}' kmodwatch)"
is "what dpkg finds changed" "" "$(dpkg -V kmodwatch)"
is "the libraries that are missing" "" "$(ldd /usr/sbin/kmodwatch | grep 'not found')"
started "installed"
is "it is enabled" enabled "$(systemctl is-enabled kmodwatch)"
is "the state's folder" "700 root" "$(stat -c '%a %U' /var/lib/kmodwatch)"
check "the unit is in order" systemd-analyze verify --man=no kmodwatch.service

while_loading later
is "the version" 99.1 "$(version)"
while_loading now
started "downgraded"

dpkg -P kmodwatch >/run/dpkg 2>&1 || fail "dpkg -P: $(cat /run/dpkg)"
echo "${counts}loads and unloads around an upgrade and a downgrade"
