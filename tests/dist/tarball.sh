#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Does the tarball of `make dist` build without git, and make itself again, byte for byte?
#
#   tarball.sh TARBALL
set -u
tarball=$(realpath "$1") || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
failed=0

fail() { printf '%s\n' "tarball: $*" >&2; failed=1; }

name=$(basename "$tarball" .tar.xz)
(umask 077 && tar -C "$scratch" -xf "$tarball") || exit 1
cd "$scratch/$name" || exit 1
[ -e .git ] && fail "the tarball has a .git"
mkdir -p build/debris && touch build/debris/o
(umask 002 && TZ=Asia/Tokyo LC_ALL=C make --no-print-directory dist) >../log 2>&1 || fail "make dist: $(cat ../log)"
cmp "$tarball" "build/packages/$name.tar.xz" || fail "the tarball that it makes of itself differs"
sed -i '1s/(.*)/(0.0.0)/' user/dist/debian/changelog
make --no-print-directory dist 2>&1 | grep -q 'does not begin with version' || fail "two versions are packed as one"
[ $failed -eq 0 ] && echo "  tarball    makes itself again: ok"
exit $failed
