/* SPDX-License-Identifier: BSD-2-Clause */
/* One field of a rule, matched against what the fields before it left: it decides at once, or is a bound. */
#ifndef KMODWATCH_AUDIT_MATCH_H
#define KMODWATCH_AUDIT_MATCH_H

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

enum field_answer { FIELD_YES, FIELD_NO, FIELD_BOUND, FIELD_STOP };

struct field_match {
	const struct predicate *predicate;
	const struct rule *rule;
	const struct rule_field *field;
	const struct box *box; /* what the fields before left */
	variable variable;
	const struct set *set;
};

struct arena *match_arena(const struct field_match *match);

enum field_answer match_decided(bool matches);
enum field_answer match_bound(struct field_match *match, variable v, const struct set *set);
enum field_answer match_truth(struct field_match *match, variable v, bool wanted);
enum field_answer match_unknown(struct field_match *match);
enum field_answer match_unnamed(struct field_match *match);

/* The variable of a number: the task's now, or as it was made. */
variable match_variable(const struct field_match *match, uint32_t type);

/* As the kernel compares: unsigned. */
bool match_compare(uint32_t left, uint32_t op, uint32_t right);

#endif
