/* SPDX-License-Identifier: BSD-2-Clause */
/* All that a requirement asks to see. */
#ifndef KMODWATCH_AUDIT_TARGETS_H
#define KMODWATCH_AUDIT_TARGETS_H

#include "machine.h"
#include "target.h"

struct path_cache;

struct targets {
	size_t count;
	struct target *items; /* in the arena */
};

/*
 * The targets of a requirement, with everything in the arena. Returns 0, -EINVAL where it can match nothing (*why is a
 * constant then), or -ENOMEM.
 */
int targets_of(const struct rule *requirement, const struct machine *machine, struct path_cache *paths,
	       struct arena *arena, struct targets *out, const char **why);

#endif
