# bash completion for kmodwatch(8)                          -*- shell-script -*-
# SPDX-License-Identifier: BSD-2-Clause

_kmodwatch()
{
	# shellcheck disable=SC2034 # _init_completion sets all of these
	local cur prev words cword split
	local profiles='@PROFILES@'
	_init_completion -s || return

	case $prev in
	--format)
		mapfile -t COMPREPLY < <(compgen -W 'json text' -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
		return
		;;
	--ring-size)
		mapfile -t COMPREPLY < <(compgen -W '1024 4096 16384 65536 262144' -- "$cur")
		return
		;;
	--image-ring)
		mapfile -t COMPREPLY < <(compgen -W '1024 4096 8192 16384 65536' -- "$cur")
		return
		;;
	--line-max)
		mapfile -t COMPREPLY < <(compgen -W '2048 8000 16384 65536' -- "$cur")
		return
		;;
	--running | --self-test | --image-limit | --capture-max)
		return
		;;
	--pin | --state | --capture | --root)
		_filedir -d
		return
		;;
	--btf | --options | --rules)
		_filedir
		return
		;;
	--profile)
		_filedir
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$profiles" -- "$cur")
		return
		;;
	--print-profile)
		mapfile -t COMPREPLY < <(compgen -W "$profiles" -- "$cur")
		return
		;;
	esac
	"$split" && return
	mapfile -t COMPREPLY < <(compgen -W '--format --color --journal --line-max --snapshot --no-snapshot --all-tools --btf --ring-size --image-limit --image-ring --no-hash --capture --capture-max --pin --self-test --state --options
		--profile --verbose --help --version --check-options --running --check-audit --rules --root --print-rules --print-profile --diagnose --unpin
		-v -h -V' -- "$cur")
} && complete -F _kmodwatch kmodwatch
