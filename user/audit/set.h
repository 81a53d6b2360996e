/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of 32-bit numbers, as ranges in rising order that do not touch. They are never changed once made. */
#ifndef KMODWATCH_AUDIT_SET_H
#define KMODWATCH_AUDIT_SET_H

#include "../arena.h"

#include <stdbool.h>
#include <stdint.h>

struct range {
	uint32_t first, last;
};

struct set {
	uint32_t count;
	struct range ranges[];
};

/* All of these return NULL when there is no memory, and take NULL for a set that could not be made. */
const struct set *set_range(struct arena *arena, uint32_t first, uint32_t last);
const struct set *set_of(struct arena *arena, const struct range *ranges, uint32_t count); /* in order, apart */
const struct set *set_and(struct arena *arena, const struct set *a, const struct set *b);
const struct set *set_without(struct arena *arena, const struct set *a, const struct set *b);

/* The numbers that stand in relation op (AUDIT_LESS_THAN, ...; no bit operators) to value. */
const struct set *set_compare(struct arena *arena, uint32_t op, uint32_t value);

bool set_is_single(const struct set *set, uint32_t *value);
bool set_apart(const struct set *a, const struct set *b);

#endif
