/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Boxes: a box is all system calls whose every property (a variable: auid, exit, a0 ...) lies in the set that the box
 * has for it. What a rule matches is a box, so what it leaves over is a few boxes: coverage is computed with these.
 */
#ifndef KMODWATCH_AUDIT_BOX_H
#define KMODWATCH_AUDIT_BOX_H

#include "set.h"

#include <stddef.h>

/* What kind of property a variable is; with a field's type and a detail it is the variable. */
enum variable_kind {
	VARIABLE_NUMBER = 1, /* uid, auid, exit, exe (numbered) ... */
	VARIABLE_FORKED,     /* the same, as it was when the task was made */
	VARIABLE_TRUTH,	     /* 0 or 1, and both occur: a comparison of two fields, a bit, a group */
	VARIABLE_UNKNOWN,    /* 0 or 1, and which cannot be found out here */
};

typedef uint64_t variable;

/* Besides the kernel's field types. */
enum { TYPE_CALL = 0xff01, TYPE_AGE = 0xff02 };

static inline variable variable_of(enum variable_kind kind, uint32_t type, uint32_t detail)
{
	return (uint64_t)kind << 56 | (uint64_t)(type & 0xffffff) << 32 | detail;
}

static inline enum variable_kind variable_kind(variable v)
{
	return (enum variable_kind)(v >> 56);
}

static inline uint32_t variable_type(variable v)
{
	return v >> 32 & 0xffffff;
}

static inline uint32_t variable_detail(variable v)
{
	return (uint32_t)v;
}

struct bound {
	variable variable;
	const struct set *set;
};

struct box {
	uint32_t count;
	struct bound bounds[]; /* in order of variables */
};

/* A box with nothing bound; and one with a variable bound anew. NULL when there is no memory. */
const struct box *box_all(struct arena *arena);
const struct box *box_with(struct arena *arena, const struct box *box, variable v, const struct set *set);

/* What the box has for the variable: its whole domain where nothing is bound. NULL when there is no memory. */
const struct set *box_get(struct arena *arena, const struct box *box, variable v);

/* The variable's every possible value. */
const struct set *variable_domain(struct arena *arena, variable v);

/* Whether the box, cut out of origin, was cut by something that cannot be found out. */
bool box_is_unsure(const struct box *box, const struct box *origin);

/* Whether the box's bound differs from origin's. */
bool box_is_cut(const struct box *origin, const struct bound *bound);

#endif
