#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# tarball.sh NAME TARGET SECONDS: the sources in this folder as TARGET, all of them below NAME/. The same sources make the
# same bytes, whoever unpacked them when and where: the time of all files is SECONDS (since 1970), their owner is root.
set -euo pipefail
name=$1 target=$2 seconds=$3
list=$(mktemp)
trap 'rm -f "$list" "$target.part"' EXIT

if [ -e .git ]; then
	# What was deleted and not committed is in the index still.
	git ls-files -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done >"$list"
else
	find . -mindepth 1 \( -path ./build -o -path ./debian \) -prune -o ! -type d -printf '%P\0' >"$list"
fi
LC_ALL=C sort -z "$list" | tar -c --format=ustar --null --no-recursion -T - --transform "s|^|$name/|" --mtime="@$seconds" \
	--owner=0 --group=0 --numeric-owner --mode=u+rw,go+r,go-w,a-s | xz -9 >"$target.part"
mv "$target.part" "$target"
