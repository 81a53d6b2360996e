/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether there is, or ever will be, memory for the rings in this kernel. */
#ifndef KMODWATCH_RING_MEMORY_H
#define KMODWATCH_RING_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct options;

/* Whether the machine has as much as the options ask for. Returns 0, or -EFBIG, explained. */
int ring_memory_check(const struct options *options);

/*
 * After rings of so many bytes could not be made (err: what bpf() said). Returns -EFBIG, explained, where that cannot
 * pass while this process may have no more; else err.
 */
int ring_memory_judge(uint64_t bytes, int err);

/*
 * The least of the limits in the cgroup's folder below root and in those above it, in bytes; UINT64_MAX: none. path
 * begins with a slash; *at becomes the number of its bytes that name the cgroup with that limit.
 */
uint64_t ring_memory_cgroup_limit(const char *root, const char *path, size_t *at);

#endif
