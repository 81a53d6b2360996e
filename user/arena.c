// SPDX-License-Identifier: BSD-2-Clause
#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 65536 };

struct arena_block {
	struct arena_block *next;
	max_align_t bytes[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
	void *bytes;

	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!arena->blocks || size > arena->size - arena->used) {
		size_t want = size > BLOCK ? size : BLOCK;
		struct arena_block *block = calloc(1, sizeof(*block) + want);

		if (!block)
			return NULL;
		block->next = arena->blocks;
		arena->blocks = block;
		arena->size = want;
		arena->used = 0;
	}
	bytes = (char *)arena->blocks->bytes + arena->used;
	arena->used += size;
	return bytes;
}

char *arena_text(struct arena *arena, const char *bytes, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	if (copy)
		memcpy(copy, bytes, size);
	return copy;
}

void arena_free(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	*arena = (struct arena) { 0 };
}
