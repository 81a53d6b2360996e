/* SPDX-License-Identifier: BSD-2-Clause */
/* Which container a process is in, by the shape of its cgroup's path. */
#ifndef KMODWATCH_CONTAINER_H
#define KMODWATCH_CONTAINER_H

#include <stddef.h>

enum { CONTAINER_ID_MAX = 64 }; /* of a hash in hex; a machine's name is as long at most */

/*
 * Writes the id of the innermost container, without a NUL, and returns its length; 0: there is none. Known are docker,
 * podman, containerd and CRI-O, each with systemd and with plain cgroups, and systemd-nspawn.
 */
size_t container_id(const char *cgroup, size_t size, char id[static CONTAINER_ID_MAX]);

#endif
