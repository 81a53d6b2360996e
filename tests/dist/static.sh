#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The static program: its size, what it says that it lacks, and what it sees in guests in which it, busybox and a kernel are
# all there is.
#
#   static.sh PROGRAM VERSION ROW...
set -u
program=$(realpath "$1") version=$2 || exit 1
shift 2
cd "$(dirname "$0")/../.." || exit 1
failed=0

fail() { printf '%s\n' "static: $*" >&2; failed=1; }

readelf -ld "$program" | grep -E 'INTERP|NEEDED' && fail "it needs libraries"
[ "$(stat -c %s "$program")" -lt 6000000 ] || fail "it has $(stat -c %s "$program") bytes: 6,000,000 at most"
[[ $("$program" --version) = "kmodwatch $version (static: no journal, "* ]] || fail "--version says: $("$program" --version)"
said=$("$program" --journal 2>&1)
[[ $?$said = 2*"is linked statically"* ]] || fail "--journal says: $said"
# Users by name, without NSS: the last one and none.
rules=$(mktemp) || exit 1
trap 'rm -f "$rules"' EXIT
echo "-a always,exit -F arch=b64 -S init_module -F uid=$(tail -n 1 /etc/passwd | cut -d: -f1) -F gid=$(tail -n 1 /etc/group | cut -d: -f1)" >"$rules"
[[ $("$program" --check-audit --rules "$rules" 2>&1) = *"there is no "* ]] && fail "it does not find /etc/passwd's last user and /etc/group's last group"
echo '-a always,exit -F arch=b64 -S init_module -F uid=no-such-user' >"$rules"
[[ $("$program" --check-audit --rules "$rules" 2>&1) = *"there is no user no-such-user"* ]] || fail "it finds a user that is not there"

# shellcheck disable=SC2016 # the guest's
seen='busybox find / -xdev -name "*.so*" -exec rm -f {} +
bash -c true 2>/dev/null && echo "a program that needs libraries runs"
exec busybox sh -c "
kmodwatch >/run/lines 2>/run/said & monitor=\$!
tries=0; until busybox grep -q monitor_start /run/lines || [ \$tries = 300 ]; do tries=\$((tries + 1)); busybox sleep 0.1; done
busybox insmod /m/mac-celtic.ko; busybox rmmod mac_celtic; busybox sleep 1
kill \$monitor; wait \$monitor; echo ended with \$?; busybox cat /run/said /run/lines"'
for row; do
	lines=$(KMODWATCH=$program tests/vm/run exec --limit 300 --kernel "$row" "$seen") || fail "$row: the guest failed"
	found=$(jq -Rr 'fromjson? | select(.module.name == "mac_celtic" and .outcome == "success")
		| [.kind, (.source.complete // ""), .process.comm] | join(" ")' <<<"$lines")
	[ "$found" = "module_load true busybox
module_unload  busybox" ] || fail "$row: not what was loaded: $found: $lines"
	grep -q '"kind":"monitor_stop"' <<<"$lines" || fail "$row: it did not come to its end: $lines"
	grep -q '^ended with 0$' <<<"$lines" || fail "$row: it failed: $lines"
	grep '^a program' <<<"$lines" && failed=1
done
[ $failed -eq 0 ] && echo "  static     alone with the kernels $*: ok"
exit $failed
