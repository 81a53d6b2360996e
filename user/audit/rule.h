/* SPDX-License-Identifier: BSD-2-Clause */
/* One audit rule as data: what the kernel is given, and where it was read. Lists, fields and operators are the kernel's
 * own numbers (linux/audit.h). */
#ifndef KMODWATCH_AUDIT_RULE_H
#define KMODWATCH_AUDIT_RULE_H

#include "../arena.h"

#include <libaudit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not in every linux/audit.h. */
enum { RULE_LIST_URING = 7 };

struct rule_field {
	uint32_t type;	/* AUDIT_UID, ... */
	uint32_t op;	/* AUDIT_EQUAL, ... */
	uint32_t value; /* numbers; for texts unused */
	char *text;	/* path, dir, exe, key, subj_*, obj_*; else NULL */
};

/* Where a rule comes from; file is NULL for the kernel's rules, and line then the place in its list, from 1. */
struct rule_source {
	const char *file;
	unsigned int line;
	const char *text; /* the line, or the rule printed */
};

struct rule {
	uint32_t list;	 /* AUDIT_FILTER_EXIT, ... */
	uint32_t action; /* AUDIT_ALWAYS, AUDIT_NEVER */
	bool prepend;
	bool named_calls; /* its text names system calls (-S), "all" or not */
	uint32_t mask[AUDIT_BITMASK_SIZE];
	size_t field_count;
	struct rule_field *fields;
	struct rule_source source;
};

/* Whether the rule applies to system call number nr. */
bool rule_has_call(const struct rule *rule, unsigned int nr);
void rule_add_call(struct rule *rule, unsigned int nr);

/* Whether no system call is left out, or none is in. */
bool rule_has_all_calls(const struct rule *rule);
bool rule_has_no_calls(const struct rule *rule);

/* The first field of this type; NULL when there is none. */
const struct rule_field *rule_find(const struct rule *rule, uint32_t type);

/* Whether the kernel keeps this field's value as a text. */
bool rule_field_is_text(uint32_t type);

/* The field's name as rules are written ("auid"), or "field N". */
const char *rule_field_name(uint32_t type);

/* Whether the kernel holds both for the same rule (the order of fields matters to it). */
bool rule_equal(const struct rule *a, const struct rule *b);
uint64_t rule_hash(const struct rule *rule);

/* Whether the rule's arch fields, if any, let calls of this ELF architecture (AUDIT_ARCH_*) through. */
bool rule_fits_arch(const struct rule *rule, uint32_t elf);

#endif
