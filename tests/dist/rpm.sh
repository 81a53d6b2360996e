#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The package that `make rpm` made: rpmlint, and what it does in a root made here. Its scriptlets are run there by busybox,
# and a systemctl that writes down what it is told.
#
#   rpm.sh SPEC FILE.rpm
set -u
spec=$(realpath "$1") package=$(realpath "$2") || exit 1
cd "$(dirname "$0")/../.." || exit 1
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
failed=0

fail() { printf '%s\n' "rpm: $*" >&2; failed=1; }

# same WHAT FOUND WANTED
same() { [ "$2" = "$3" ] || fail "$1:"$'\n'"$(diff <(echo "$3") <(echo "$2"))"; }

# in_root ARGUMENT...: rpm, with a database of its own.
in_root() { rpm --root "$root" --dbpath /var/lib/rpm --nodeps --nosignature "$@" >"$root/../${root##*/}.log" 2>&1 || fail "rpm $*: $(cat "$root/../${root##*/}.log")"; }
told() { cat "$root/told" 2>/dev/null; rm -f "$root/told"; }

said=$(rpmlint -c user/dist/rpmlint.toml "$spec" "$package" 2>&1)
[[ $said = *" 0 errors, 0 warnings"* ]] || fail "rpmlint: $said"

mkdir -p "$root"/{bin,dev,var/lib/rpm,run/systemd/system}
cp "$(command -v busybox)" "$root/bin/busybox" && ln -s busybox "$root/bin/sh" && ln -s busybox "$root/bin/rm" || exit 1
# shellcheck disable=SC2016 # the root's
printf '#!/bin/sh\necho "systemctl $*" >>/told\n' >"$root/bin/systemctl"
chmod 755 "$root/bin/systemctl"

in_root -i "$package"
same "told at the installation" "$(told)" "systemctl --no-reload preset kmodwatch.service"
# The documents' folders have the version in them where a distribution wants that.
same "the files" "$(cd "$root" && find . \( -path ./bin -o -path ./dev -o -path ./var/lib/rpm -o -name .build-id \) -prune -o \
	\( ! -type d -o -path './var/*/kmodwatch' \) -printf '%m %p\n' | sed -E 's|(kmodwatch)-[0-9.]+/|\1/|' | sort -k2)" \
	"644 ./etc/default/kmodwatch
644 ./usr/lib/systemd/system/kmodwatch.service
755 ./usr/sbin/kmodwatch
644 ./usr/share/bash-completion/completions/kmodwatch
644 ./usr/share/doc/kmodwatch/README.md
644 ./usr/share/kmodwatch/consumers/import.sql
644 ./usr/share/kmodwatch/consumers/kmodwatch.lnav.json
644 ./usr/share/kmodwatch/consumers/recipes.jq
644 ./usr/share/kmodwatch/consumers/rsyslog-receiver.conf
644 ./usr/share/kmodwatch/consumers/rsyslog.conf
644 ./usr/share/kmodwatch/consumers/syslog-ng.conf
644 ./usr/share/kmodwatch/kmodwatch.schema.json
644 ./usr/share/licenses/kmodwatch/LICENSE
644 ./usr/share/man/man5/kmodwatch-events.5.gz
644 ./usr/share/man/man7/kmodwatch-audit.7.gz
644 ./usr/share/man/man8/kmodwatch.8.gz
644 ./usr/share/zsh/site-functions/_kmodwatch
700 ./var/lib/kmodwatch"
sed 's|@SBINDIR@|/usr/sbin|' user/dist/kmodwatch.service.in | cmp - "$root/usr/lib/systemd/system/kmodwatch.service" || fail "the unit is another one"
same "the program" "$("$root/usr/sbin/kmodwatch" --version)" "kmodwatch $(rpm -qp --qf '%{VERSION}' "$package")"
# The functions that glibc 2.28 (RHEL 8) does not have; what 2.34 moved, and what 2.33 and 2.38 gave other names, it has elsewhere.
same "what glibc 2.28 lacks" "$(nm -D --undefined-only "$root/usr/sbin/kmodwatch" | grep -E '@GLIBC_2\.(29|[3-9][0-9])' | sed 's/.* U //; s/@.*//' |
	grep -vxE '__libc_start_main|__isoc23_[a-z]+|(l|f)?stat|fstatat|pthread_(attr_setstacksize|condattr_setclock|create|detach|join|sigmask)|timer_(create|settime|delete)')" ""

echo 'KMODWATCH_OPTIONS="--journal"' >"$root/etc/default/kmodwatch"
in_root -U --replacepkgs "$package"
same "told at an upgrade" "$(told)" "systemctl daemon-reload
systemctl try-restart kmodwatch.service"
same "the options that were changed" "$(cat "$root/etc/default/kmodwatch")" 'KMODWATCH_OPTIONS="--journal"'

# Its end, in a root whose system runs, and in a chroot of a machine that has its own pins. In the program's place one that
# says what it was told.
erase() {
	# shellcheck disable=SC2016 # the root's
	printf '#!/bin/sh\necho "kmodwatch $*" >>/told\n' >"$root/usr/sbin/kmodwatch"
	ln -sf ../usr/sbin/kmodwatch "$root/bin/kmodwatch"
	echo state >"$root/var/lib/kmodwatch/kmodwatch-modules"
	in_root -e kmodwatch
}
erase
same "told at the end" "$(told)" "systemctl --no-reload disable --now kmodwatch.service
kmodwatch --unpin
kmodwatch --options /etc/default/kmodwatch --unpin
systemctl daemon-reload"
same "what is left" "$(cd "$root" && find . -name '*kmodwatch*' ! -path './bin/*')" "./etc/default/kmodwatch.rpmsave"
in_root -i "$package"
told >/dev/null
rm -r "$root/run/systemd"
erase
same "told at the end, in a chroot" "$(told)" "systemctl --no-reload disable --now kmodwatch.service"
rm -f "$root/../${root##*/}.log"
[ $failed -eq 0 ] && echo "  rpm        rpmlint, the files, what the scriptlets do: ok"
exit $failed
