/* SPDX-License-Identifier: BSD-2-Clause */
/* What a rule matches, as the kernel's filters decide it. */
#ifndef KMODWATCH_AUDIT_PREDICATE_H
#define KMODWATCH_AUDIT_PREDICATE_H

#include "target.h"

/* When a rule is looked at. */
enum stage {
	STAGE_FORK,   /* task list, as a task is made */
	STAGE_EXIT,   /* exit list, as the call returns: rules without path= or inode= */
	STAGE_NAME,   /* the rules of one file's inode, then */
	STAGE_RECORD, /* exclude list, as the record is written */
};

enum match {
	MATCH_NONE,
	MATCH_SOME,
	MATCH_STOP, /* the kernel gives up here: no rule of the list is looked at any more */
};

/* Files that rules name are looked up once. */
struct path_cache;

struct predicate {
	struct arena *arena;
	const struct machine *machine;
	const struct target *target;
	enum stage stage;
	const struct file_name *name; /* STAGE_NAME */
	struct path_cache *paths;
};

int path_cache_new(struct path_cache **cache);
void path_cache_freep(struct path_cache **cache);

/* What the path of the rule's field leads to; NULL where that cannot be told. */
const struct file_name *path_cache_find(struct path_cache *cache, const char *path);

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
