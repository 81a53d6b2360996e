# SPDX-License-Identifier: BSD-2-Clause
# Mode bench: one of the scripts here, its figures to the host.
mkfifo /run/stdout /run/stderr
pass stdout </run/stdout &
pass stderr </run/stderr &
export SHORT
sh -u "/usr/lib/vm/$SCRIPT.sh" </dev/null >/run/stdout 2>/run/stderr
goodbye $?
