#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What the shells offer, asked of the shells themselves: completion.sh FOLDER, where the completions are.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/here" "$scratch/here/folder"
touch "$scratch/here/file.rules"
here=$PWD completions=$(realpath "$1") failed=0 count=0

in_bash()
{
	local -a words
	read -ra words <<<"$1"
	[[ $1 == *' ' ]] && words+=("")
	(cd "$scratch/here" && "$here/tests/dist/complete.bash" "$completions/kmodwatch.bash" kmodwatch "${words[@]}")
}

in_zsh()
{
	: >"$scratch/matches"
	(cd "$scratch/here" && timeout 60 zsh -f "$here/tests/dist/complete.zsh" "$completions" "kmodwatch $1" "$scratch/matches")
}

# offer 'WORDS AND THE BEGUN ONE' 'WANTED...'
offer()
{
	local shell found wanted
	wanted=$(tr ' ' '\n' <<<"$2" | sort -u)
	for shell in bash zsh; do
		found=$(in_$shell "$1" | sed 's|/$||' | sort -u)
		count=$((count + 1))
		[ "$found" = "$wanted" ] && continue
		echo "$shell: kmodwatch $1: offers $(tr '\n' ' ' <<<"$found"), not $2" >&2
		failed=$((failed + 1))
	done
}

profiles=$(cd user/audit/profiles && printf '%s ' *.rules | sed 's/\.rules//g')
offer '--p' '--pin --print-profile --print-rules --profile'
offer '--no-snapshot --un' '--unpin'
offer '--format ' 'json text'
offer '--format=t' 'text'
offer '--color ' 'always auto never'
offer '--profile com' 'complete'
offer '--profile ' "${profiles}file.rules folder"
offer '--print-profile ' "${profiles% }"
offer '--print-profile=stig-rhel8' 'stig-rhel8'
offer '--pin f' 'folder'
offer '--state ' 'folder'
offer '--rules f' 'file.rules folder'
offer '--options fi' 'file.rules'
offer '--btf f' 'file.rules folder'
offer '--self-test ' ''
printf '  completion %3d passed, %d failed\n' $((count - failed)) $failed
[ $failed -eq 0 ]
