#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Compares our reading of signatures with modinfo's, for some signed modules of each kernel.
# run.sh SHOW MODULES... : SHOW reads an image from stdin; MODULES are the kernels' module folders.
set -eu
show=$1
shift
count=0
for folder; do
	# every thirtieth, so that all folders of the tree are in it
	for module in $(find "$folder" -name '*.ko' -o -name '*.ko.xz' | sort | awk 'NR % 30 == 1'); do
		case $module in
		*.xz) ours=$(xz -dc "$module" | "$show") ;;
		*) ours=$("$show" <"$module") ;;
		esac || { echo "$module: $ours" >&2; exit 1; }
		theirs=$(for field in signer sig_key sig_hashalgo; do modinfo -F $field "$module"; done)
		[ "$ours" = "$theirs" ] || { printf '%s:\n%s\nmodinfo:\n%s\n' "$module" "$ours" "$theirs" >&2; exit 1; }
		count=$((count + 1))
	done
done
[ $count -gt 100 ] || { echo "only $count modules were found" >&2; exit 1; }
echo "  signatures $count modules as modinfo shows them"
