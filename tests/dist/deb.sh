#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The packages that `make deb` made: lintian, what they depend on and hold, and the same bytes when they are built anew, in
# another folder, at another time.
#
#   deb.sh TARBALL FOLDER    the folder holds the packages
set -u
tarball=$(realpath "$1") packages=$(realpath "$2") || exit 1
scratch=$(mktemp -d /var/tmp/kmodwatch-deb.XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0

fail() { printf '%s\n' "deb: $*" >&2; failed=1; }

# same WHAT FOUND WANTED
same() { [ "$2" = "$3" ] || fail "$1:"$'\n'"$(diff <(echo "$3") <(echo "$2"))"; }

name=$(basename "$tarball" .tar.xz)
version=${name#kmodwatch-}
arch=$(dpkg --print-architecture)
deb=$packages/kmodwatch_${version}_$arch.deb
symbols=$packages/kmodwatch-dbgsym_${version}_$arch.deb

mkdir -p "$scratch/elsewhere/and/deeper"
tar -C "$scratch/elsewhere/and/deeper" -xf "$tarball"
(cd "$scratch/elsewhere/and/deeper/$name" && umask 027 && TZ=Asia/Tokyo LANG=C.UTF-8 make --no-print-directory deb) >"$scratch/log" 2>&1 ||
	fail "built anew: $(cat "$scratch/log")"
for file in "$deb" "$symbols"; do
	cmp "$file" "$scratch/elsewhere/and/deeper/$name/build/packages/${file##*/}" || fail "${file##*/} is not the same when it is built anew"
done

lintian --allow-root --fail-on error,warning --suppress-tags bad-distribution-in-changes-file \
	"$scratch/elsewhere/and/deeper/$name"/build/deb/*.changes >"$scratch/said" 2>&1 || fail "lintian: $(cat "$scratch/said")"

same "what it depends on" "$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//; s/t64$//' | sort)" \
	"libaudit1
libbpf1
libc6
libcap-ng0
libssl3
libsystemd0"
same "conffiles" "$(dpkg-deb -I "$deb" conffiles)" /etc/default/kmodwatch
dpkg-deb -x "$deb" "$scratch/root"
same "the program that is installed" "$("$scratch/root/usr/sbin/kmodwatch" --version | head -n 1)" "kmodwatch $version"
readelf -S "$scratch/root/usr/sbin/kmodwatch" | grep -q '\.debug_info' && fail "the program has its debug symbols"
[[ $(dpkg-deb -c "$symbols") = *.debug* ]] || fail "${symbols##*/} has no symbols"
# lib/systemd or usr/lib/systemd, as the suite has it
same "units" "$(cd "$scratch/root" && find . -name '*.service' | sed 's|/usr||')" ./lib/systemd/system/kmodwatch.service
[ $failed -eq 0 ] && echo "  deb        lintian, dependencies, the same bytes elsewhere: ok"
exit $failed
