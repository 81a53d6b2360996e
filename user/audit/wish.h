/* SPDX-License-Identifier: BSD-2-Clause */
/* One field of a rule on its way to a bound: what predicate.c and match_files.c share. */
#ifndef KMODWATCH_AUDIT_WISH_H
#define KMODWATCH_AUDIT_WISH_H

#include "predicate.h"

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

/* Fields that are about the files of a call (match_files.c). */
enum field_match match_owner(struct wish *wish, bool group);
enum field_match match_number(struct wish *wish);
enum field_match match_filetype(struct wish *wish);
enum field_match match_path(struct wish *wish);
enum field_match match_folder(struct wish *wish);
enum field_match match_program(struct wish *wish);

#endif
