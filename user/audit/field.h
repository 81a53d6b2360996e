/* SPDX-License-Identifier: BSD-2-Clause */
/* The argument of -F: one field of a rule. */
#ifndef KMODWATCH_AUDIT_FIELD_H
#define KMODWATCH_AUDIT_FIELD_H

#include "rule.h"

/* What the options before it have said: some fields depend on it. */
struct field_context {
	int list;	     /* AUDIT_FILTER_EXIT, ...; -1: none was named */
	bool calls_given;    /* -S or -w came before: too late for an arch, in time for a key */
	bool keyable;	     /* path, dir, perm, exe, fstype or a watch came before */
	uint32_t elf;	     /* of the last arch field; 0: none */
	struct arena *arena; /* takes texts */
};

/*
 * Reads "name<op>value" into *field, and updates the context. NULL: done; else what is wrong, in the arena (or a
 * constant), and *field is as it was.
 */
const char *field_parse(const char *pair, struct field_context *context, struct rule_field *field);

/* rwxa in any order and number up to four; false for anything else. */
bool field_parse_perm(const char *text, uint32_t *perm);

/* printf into the arena; a constant where there is no memory. */
const char *field_say(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
