/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is given back all at once: a rule set owns thousands of small things that die together.
 */
#ifndef KMODWATCH_ARENA_H
#define KMODWATCH_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks;
	size_t used, size; /* of the newest block */
};

/* Zeroed memory, aligned for anything; NULL when there is none. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of size bytes with a NUL after them; NULL when there is no memory. */
char *arena_text(struct arena *arena, const char *bytes, size_t size);

void arena_free(struct arena *arena);

#endif
