/* SPDX-License-Identifier: BSD-2-Clause */
/* One field of a rule on its way to a bound. */
#ifndef KMODWATCH_AUDIT_WISH_H
#define KMODWATCH_AUDIT_WISH_H

#include "machine.h"
#include "target.h"

/* When a rule is looked at. */
enum stage {
	STAGE_FORK,   /* task list, as a task is made */
	STAGE_EXIT,   /* exit list, as the call returns: rules without path= or inode= */
	STAGE_NAME,   /* the rules of one file's inode, then */
	STAGE_RECORD, /* exclude list, as the record is written */
};

struct predicate {
	struct arena *arena;
	const struct machine *machine;
	const struct target *target;
	enum stage stage;
	const struct file_name *name; /* STAGE_NAME */
	struct path_cache *paths;
};

enum field_match { FIELD_YES, FIELD_NO, FIELD_BOUND, FIELD_STOP };

/* One field on its way to a bound. */
struct wish {
	const struct predicate *predicate;
	const struct rule *rule;
	const struct rule_field *field;
	const struct box *box; /* what the fields before left */
	variable variable;
	const struct set *set;
};

struct arena *wish_arena(const struct wish *wish);

enum field_match wish_decided(bool matches);
enum field_match wish_bound(struct wish *wish, variable v, const struct set *set);
enum field_match wish_truth(struct wish *wish, variable v, bool wanted);
enum field_match wish_unknown(struct wish *wish);
enum field_match wish_unnamed(struct wish *wish);

/* The variable of a number: the task's now, or as it was made. */
variable wish_variable(const struct wish *wish, uint32_t type);

/* As the kernel compares: unsigned. */
bool wish_compare(uint32_t left, uint32_t op, uint32_t right);

#endif
