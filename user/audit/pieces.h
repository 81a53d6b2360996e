/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a target, piece by piece, as the kernel's filters go over it. */
#ifndef KMODWATCH_AUDIT_PIECES_H
#define KMODWATCH_AUDIT_PIECES_H

#include "coverage.h"

enum fate {
	FATE_RECORDED,
	FATE_NEVER,   /* a never rule matched first */
	FATE_NO_RULE, /* no rule matched */
	FATE_TASK,    /* the task list took the task out */
	FATE_EXCLUDE, /* the record is dropped */
};

struct piece {
	const struct box *box, *origin;
	enum fate fate;
	const struct rule *rule;
	bool unsure; /* it depends on something that cannot be known */
};

struct pieces {
	size_t count, room;
	struct piece *items;
};

struct pieces_options {
	bool without_never; /* as if there were no never rules in the exit list */
	bool with_kept_out; /* as if the rules that were not loaded stood at the end */
};

/*
 * Cuts the target into pieces by their fate. *out is the caller's to free with pieces_free(). Returns 0, -E2BIG
 * where there are too many, or -ENOMEM, and leaves *out untouched then.
 */
int pieces_cut(const struct coverage *coverage, const struct target *target, struct pieces_options options,
	       struct arena *arena, struct pieces *out);

/* Whether the filesystem list takes the file out of the rules' sight. */
bool pieces_hides(const struct rule *rule, const struct file_name *name);

void pieces_free(struct pieces *pieces);

#endif
