# SPDX-License-Identifier: BSD-2-Clause
# For the scenarios: what they say in a few words.

PIN=/sys/fs/bpf/kmodwatch

fail() {
	systemctl status kmodwatch --no-pager -n 0 | cut -c1-300
	journalctl -u kmodwatch -o cat --no-pager | tail -12
	echo "$*"
	exit 1
}

# check DESCRIPTION COMMAND...: the command succeeds.
check() {
	local what=$1
	shift
	"$@" || fail "not true: $what ($*)"
}

# is DESCRIPTION WANTED GOT
is() {
	[ "$2" = "$3" ] || fail "$1: wanted $2, got $3"
}

# eventually SECONDS COMMAND...: it succeeds within the time.
eventually() {
	local left=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.1
	done
}

# The service's lines of this boot, as they are.
lines() {
	journalctl -u kmodwatch -o cat --no-pager --output-fields=KMODWATCH_JSON
}

# said TEXT: that is in what it said, in words.
said() {
	journalctl -u kmodwatch -o cat --no-pager | grep -qF -- "$1"
}

# events [FILTER]: the same through jq -c.
events() {
	lines | jq -c "${1:-.}"
}

# The lines since the last run began.
run_events() {
	events | tac | sed '/"kind":"monitor_start"/q' | tac | jq -c "${1:-.}"
}

main_pid() {
	systemctl show -P MainPID kmodwatch
}

kernel_at_least() {
	[ "$(printf '%s\n%s\n' "$1" "$(uname -r)" | sort -V | head -1)" = "$1" ]
}

# As by a crash, and held off.
crash() {
	systemctl kill -s KILL --kill-whom=main kmodwatch & systemctl stop kmodwatch
	wait
}

# started WHAT: it came up at once, and sees.
started() {
	local before
	before=$(systemctl show -P NRestarts kmodwatch)
	eventually 20 systemctl is-active kmodwatch || fail "it does not come up: $1"
	is "restarts ($1)" "$before" "$(systemctl show -P NRestarts kmodwatch)"
	modprobe mac-celtic && modprobe -r mac-celtic
	check "loads are seen ($1)" eventually 5 sh -c '. /usr/lib/vm/helpers.sh; [ -n "$(run_events "select(.kind==\"module_unload\" and .module.name==\"mac_celtic\")")" ]'
}

# told FILTER: a line of the run passes it.
told() { [ -n "$(run_events "select($1)" | head -1)" ]; }

# short_watchdog: it waits 4 s instead of 30, and the self-test comes each second.
short_watchdog() {
	mkdir -p /run/systemd/system/kmodwatch.service.d
	printf '[Service]\nWatchdogSec=4\n' >/run/systemd/system/kmodwatch.service.d/watchdog.conf
	echo 'KMODWATCH_OPTIONS="--self-test 1"' >/etc/default/kmodwatch
	systemctl daemon-reload
	systemctl restart kmodwatch
}

# install_package NAME: the package of that name, over whatever is there.
install_package() { dpkg -i "/usr/lib/vm/packages/$1.deb" >/run/dpkg 2>&1 || fail "dpkg -i $1.deb: $(cat /run/dpkg)"; }
version() { dpkg-query -W -f '${Version}' kmodwatch; }
