#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Does `make install` put in what it should, and `make uninstall` take it out again? Into a folder of its own.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0

fail() { printf '%s\n' "install: $*" >&2; failed=1; }

make() { command make --no-print-directory "$@" >"$scratch/log" 2>&1 || fail "make $*: $(cat "$scratch/log")"; }

# Every file with its mode.
files() { (cd "$1" && find . ! -type d -printf '%m %p\n' | sort -k2); }

# same WHAT FOUND WANTED
same() { [ "$2" = "$3" ] || fail "$1:"$'\n'"$(diff <(echo "$3") <(echo "$2"))"; }

for prefix in /usr/local /usr; do
	root=$scratch$prefix-root
	zsh=site-functions
	[ $prefix = /usr ] && zsh=vendor-completions
	wanted="644 ./etc/default/kmodwatch
644 .$prefix/lib/systemd/system/kmodwatch.service
755 .$prefix/sbin/kmodwatch
644 .$prefix/share/bash-completion/completions/kmodwatch
644 .$prefix/share/kmodwatch/consumers/import.sql
644 .$prefix/share/kmodwatch/consumers/kmodwatch.lnav.json
644 .$prefix/share/kmodwatch/consumers/recipes.jq
644 .$prefix/share/kmodwatch/consumers/rsyslog-receiver.conf
644 .$prefix/share/kmodwatch/consumers/rsyslog.conf
644 .$prefix/share/kmodwatch/consumers/syslog-ng.conf
644 .$prefix/share/kmodwatch/kmodwatch.schema.json
644 .$prefix/share/man/man5/kmodwatch-events.5
644 .$prefix/share/man/man7/kmodwatch-audit.7
644 .$prefix/share/man/man8/kmodwatch.8
644 .$prefix/share/zsh/$zsh/_kmodwatch"
	(umask 077 && make install DESTDIR="$root" PREFIX=$prefix)
	same "installed below $prefix" "$(files "$root")" "$wanted"
	"$root$prefix/sbin/kmodwatch" --version >/dev/null || fail "the program does not run"
	grep -q "^ExecStart=$prefix/sbin/kmodwatch " "$root$prefix/lib/systemd/system/kmodwatch.service" ||
		fail "the unit does not start $prefix/sbin/kmodwatch"
	for page in man5/kmodwatch-events.5 man8/kmodwatch.8; do
		same "$page's folders" "$(grep -oE "/usr[a-z/]*/share/kmodwatch" "$root$prefix/share/man/$page" | sort -u)" "$prefix/share/kmodwatch"
	done
	grep -rlE "@[A-Z]+@" "$root$prefix"/{lib,share} && fail "something was not filled in"
	other=$(find "$root" -path "$root/var/lib/kmodwatch" -prune -o -type d ! -perm 755 -print)
	[ -n "$other" ] && [ "$(umask)" = 0022 ] && fail "folders that not all can enter: $other"

	echo 'KMODWATCH_OPTIONS="--profile complete"' >"$root/etc/default/kmodwatch"
	make install DESTDIR="$root" PREFIX=$prefix
	same "the options that were changed" "$(cat "$root/etc/default/kmodwatch")" 'KMODWATCH_OPTIONS="--profile complete"'
	make uninstall DESTDIR="$root" PREFIX=$prefix
	same "left below $prefix" "$(files "$root")" "644 ./etc/default/kmodwatch"

	rm "$root/etc/default/kmodwatch"
	make install DESTDIR="$root" PREFIX=$prefix
	make uninstall DESTDIR="$root" PREFIX=$prefix
	same "left, where no options were changed" "$(files "$root")" ""
	[ -e "$root$prefix/share/kmodwatch" ] && fail "an empty folder of ours is left"
done
[ $failed -eq 0 ] && echo "  install    the files, their modes, and what is left: ok"
exit $failed
