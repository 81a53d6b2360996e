#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What bash offers: complete.bash COMPLETION WORD... prints what the last word can become, one a line.
# shellcheck disable=SC1090,SC1091
completion=$1
shift
set +u
. /usr/share/bash-completion/bash_completion
. "$completion"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
# The line's end may lie inside a word with `=`, which readline takes apart.
if [[ ${COMP_WORDS[COMP_CWORD]} == --*=* ]]; then
	last=${COMP_WORDS[COMP_CWORD]}
	COMP_WORDS=("${COMP_WORDS[@]:0:COMP_CWORD}" "${last%%=*}" "=" "${last#*=}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
fi
COMPREPLY=()
_kmodwatch kmodwatch "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
