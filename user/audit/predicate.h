/* SPDX-License-Identifier: BSD-2-Clause */
/* What a rule matches, as the kernel's filters decide it. */
#ifndef KMODWATCH_AUDIT_PREDICATE_H
#define KMODWATCH_AUDIT_PREDICATE_H

#include "match.h"

enum match {
	MATCH_NONE,
	MATCH_SOME,
	MATCH_STOP, /* the kernel gives up here: no rule of the list is looked at any more */
};

/* The boxes that a match leaves over. */
struct leftovers {
	size_t count;
	const struct box *boxes[AUDIT_MAX_FIELDS + 1];
};

/*
 * What of the box the rule matches (*matched, when the result is not MATCH_NONE), and what it leaves. Returns an enum
 * match or -ENOMEM.
 */
int predicate_apply(const struct predicate *predicate, const struct rule *rule, const struct box *box,
		    const struct box **matched, struct leftovers *left);

/* Whether the kernel keeps the rule with an inode, not in the exit list. */
bool predicate_is_for_inode(const struct rule *rule);

#endif
