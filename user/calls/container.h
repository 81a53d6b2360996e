/* SPDX-License-Identifier: BSD-2-Clause */
/* Which container a process is in, by the shape of its cgroup's path. */
#ifndef KMODWATCH_CONTAINER_H
#define KMODWATCH_CONTAINER_H

#include <stddef.h>

enum { CONTAINER_ID_MAX = 255 }; /* of the name of a cgroup, which may be all id */

/*
 * Writes the id of the innermost container, without a NUL, and returns its length; 0: there is none. *runtime: what
 * runs it, NULL where the path does not tell for certain. Known are docker, podman, containerd and crio, each with
 * systemd and with plain cgroups, nspawn, and lxc: LXC, LXD and Incus, whose cgroups are the same.
 */
size_t container_find(const char *cgroup, size_t size, char id[static CONTAINER_ID_MAX], const char **runtime);

#endif
