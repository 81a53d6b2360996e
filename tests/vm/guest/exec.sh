# SPDX-License-Identifier: BSD-2-Clause
# Mode exec: one shell command, its output to the host as it comes, then its exit status.
mkfifo /run/stdout /run/stderr
pass stdout </run/stdout &
pass stderr </run/stderr &
sh -c "$COMMAND" </dev/null >/run/stdout 2>/run/stderr
goodbye $?
