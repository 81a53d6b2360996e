#!/bin/zsh
# SPDX-License-Identifier: BSD-2-Clause
# What zsh offers: complete.zsh FOLDER LINE FILE prints what LINE's last word can become, one a line, as an interactive zsh
# with FOLDER's completions has it. FILE is empty, and used meanwhile.
zmodload zsh/zpty
folder=$1 line=$2
zpty -b inner zsh -f -i
say() { zpty -w inner "$1" }
say "fpath=($folder \$fpath); autoload -Uz compinit; compinit -u -D"
# With -O, -A or -D compadd only asks; where it would add, it is asked what.
say 'compadd() { local -a got
	if [[ -z ${(M)@:#-[OAD]*} ]]; then
		builtin compadd -O got "$@"
		(( $#got )) && print -lr -- "MATCH "${^got} >>$MATCHES
	fi
	builtin compadd "$@" }'
say "MATCHES=$3"
say 'shown() { print DONE >>$MATCHES }; zle -C show list-choices shown_completion; shown_completion() { _main_complete; shown }'
say 'bindkey "^I" show'
zpty -w -n inner "$line"$'\t'
for _ in {1..600}; do
	grep -q DONE $3 2>/dev/null && break
	zpty -r -t inner junk 2>/dev/null
	sleep 0.05
done
zpty -d inner
sed -n 's/^MATCH //p' $3
