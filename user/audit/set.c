// SPDX-License-Identifier: BSD-2-Clause
#include "set.h"

#include <libaudit.h>
#include <string.h>

static struct set *set_new(struct arena *arena, uint32_t room)
{
	return arena_alloc(arena, sizeof(struct set) + room * sizeof(struct range));
}

const struct set *set_of(struct arena *arena, const struct range *ranges, uint32_t count)
{
	struct set *set = set_new(arena, count);

	if (!set)
		return NULL;
	set->count = count;
	if (count)
		memcpy(set->ranges, ranges, count * sizeof(*ranges));
	return set;
}

const struct set *set_range(struct arena *arena, uint32_t first, uint32_t last)
{
	struct range range = { first, last };

	return set_of(arena, &range, first <= last);
}

const struct set *set_and(struct arena *arena, const struct set *a, const struct set *b)
{
	struct set *both = a && b ? set_new(arena, a->count + b->count) : NULL;

	if (!both)
		return NULL;
	for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
		uint32_t first = a->ranges[i].first > b->ranges[j].first ? a->ranges[i].first : b->ranges[j].first;
		uint32_t last = a->ranges[i].last < b->ranges[j].last ? a->ranges[i].last : b->ranges[j].last;

		if (first <= last)
			both->ranges[both->count++] = (struct range) { first, last };
		if (a->ranges[i].last < b->ranges[j].last)
			i++;
		else
			j++;
	}
	return both;
}

static const struct set *set_not(struct arena *arena, const struct set *set)
{
	struct set *rest = set ? set_new(arena, set->count + 1) : NULL;
	uint64_t next = 0;

	if (!rest)
		return NULL;
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->ranges[i].first > next)
			rest->ranges[rest->count++] = (struct range) { (uint32_t)next, set->ranges[i].first - 1 };
		next = (uint64_t)set->ranges[i].last + 1;
	}
	if (next <= UINT32_MAX)
		rest->ranges[rest->count++] = (struct range) { (uint32_t)next, UINT32_MAX };
	return rest;
}

const struct set *set_without(struct arena *arena, const struct set *a, const struct set *b)
{
	return set_and(arena, a, set_not(arena, b));
}

const struct set *set_compare(struct arena *arena, uint32_t op, uint32_t value)
{
	switch (op) {
	case AUDIT_EQUAL:
		return set_range(arena, value, value);
	case AUDIT_NOT_EQUAL:
		return set_not(arena, set_range(arena, value, value));
	case AUDIT_LESS_THAN:
		return value ? set_range(arena, 0, value - 1) : set_of(arena, NULL, 0);
	case AUDIT_LESS_THAN_OR_EQUAL:
		return set_range(arena, 0, value);
	case AUDIT_GREATER_THAN:
		return value < UINT32_MAX ? set_range(arena, value + 1, UINT32_MAX) : set_of(arena, NULL, 0);
	default:
		return set_range(arena, value, UINT32_MAX);
	}
}

bool set_is_single(const struct set *set, uint32_t *value)
{
	if (!set || set->count != 1 || set->ranges[0].first != set->ranges[0].last)
		return false;
	*value = set->ranges[0].first;
	return true;
}

bool set_apart(const struct set *a, const struct set *b)
{
	if (!a || !b)
		return false;
	for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
		if (a->ranges[i].last < b->ranges[j].first)
			i++;
		else if (b->ranges[j].last < a->ranges[i].first)
			j++;
		else
			return false;
	}
	return true;
}
