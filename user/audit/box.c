// SPDX-License-Identifier: BSD-2-Clause
#include "box.h"

#include <libaudit.h>
#include <string.h>

const struct box *box_all(struct arena *arena)
{
	return arena_alloc(arena, sizeof(struct box));
}

/* The place of the variable, or where it belongs. */
static uint32_t place_of(const struct box *box, variable v)
{
	uint32_t at = 0;

	while (at < box->count && box->bounds[at].variable < v)
		at++;
	return at;
}

const struct box *box_with(struct arena *arena, const struct box *box, variable v, const struct set *set)
{
	uint32_t at, there;
	struct box *with;

	if (!box || !set)
		return NULL;
	at = place_of(box, v);
	there = at < box->count && box->bounds[at].variable == v;
	with = arena_alloc(arena, sizeof(*with) + (box->count + 1) * sizeof(*with->bounds));
	if (!with)
		return NULL;
	with->count = box->count + 1 - there;
	memcpy(with->bounds, box->bounds, at * sizeof(*with->bounds));
	with->bounds[at] = (struct bound) { v, set };
	memcpy(with->bounds + at + 1, box->bounds + at + there, (box->count - at - there) * sizeof(*with->bounds));
	return with;
}

const struct set *variable_domain(struct arena *arena, variable v)
{
	if (variable_kind(v) == VARIABLE_TRUTH || variable_kind(v) == VARIABLE_UNKNOWN)
		return set_range(arena, 0, 1);
	switch (variable_type(v)) {
	case AUDIT_UID:
	case AUDIT_EUID:
	case AUDIT_SUID:
	case AUDIT_FSUID:
	case AUDIT_GID:
	case AUDIT_EGID:
	case AUDIT_SGID:
	case AUDIT_FSGID:
		return set_range(arena, 0, UINT32_MAX - 1);
	case AUDIT_PID:
		return set_range(arena, 1, INT32_MAX);
	case AUDIT_PPID:
		return set_range(arena, 0, INT32_MAX);
	case TYPE_CALL:
		return set_range(arena, 0, AUDIT_BITMASK_SIZE * 32 - 1);
	case TYPE_AGE:
		return set_range(arena, 0, 1);
	default:
		return set_range(arena, 0, UINT32_MAX);
	}
}

const struct set *box_get(struct arena *arena, const struct box *box, variable v)
{
	uint32_t at;

	if (!box)
		return NULL;
	at = place_of(box, v);
	if (at < box->count && box->bounds[at].variable == v)
		return box->bounds[at].set;
	return variable_domain(arena, v);
}

static bool same_set(const struct set *a, const struct set *b)
{
	return a->count == b->count && memcmp(a->ranges, b->ranges, a->count * sizeof(*a->ranges)) == 0;
}

bool box_is_cut(const struct box *origin, const struct bound *bound)
{
	uint32_t at = place_of(origin, bound->variable);

	if (at < origin->count && origin->bounds[at].variable == bound->variable)
		return !same_set(origin->bounds[at].set, bound->set);
	return true;
}

bool box_is_unsure(const struct box *box, const struct box *origin)
{
	for (uint32_t i = 0; i < box->count; i++)
		if (variable_kind(box->bounds[i].variable) == VARIABLE_UNKNOWN && box_is_cut(origin, &box->bounds[i]))
			return true;
	return false;
}
