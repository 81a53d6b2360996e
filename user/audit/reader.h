/* SPDX-License-Identifier: BSD-2-Clause */
/* A line while it is read: shared by line.c, which walks the options, and line_rule.c, which has those that make a
 * rule. */
#ifndef KMODWATCH_AUDIT_READER_H
#define KMODWATCH_AUDIT_READER_H

#include "field.h"
#include "line.h"

enum { ACTION_NONE = -1, ACTION_POSSIBLE = -2 };

/* The line being read. */
struct reader {
	struct arena *arena;
	struct line *line;
	struct field_context context;
	struct rule rule;
	struct rule_field fields[AUDIT_MAX_FIELDS];
	int add, del; /* lists; -1: not given */
	bool prepend, exclude;
	int action; /* -1: not given */
	unsigned int setups;
	char key[AUDIT_MAX_KEY_LEN + 1];
	int argc;
	char **argv;
	bool ended; /* an option that lets no other follow */
	bool deprecated;
	bool sends; /* something for the kernel's rule lists */
	bool quiet; /* no reply is waited for */
};

/* The options of rules. Each returns NULL, or what is wrong; value is written to. */
const char *option_append(struct reader *reader, char *value);
const char *option_prepend(struct reader *reader, char *value);
const char *option_delete(struct reader *reader, char *value);
const char *option_call(struct reader *reader, char *value);
const char *option_field(struct reader *reader, char *value);
const char *option_comparison(struct reader *reader, char *value);
const char *option_key(struct reader *reader, char *value);
const char *option_perm(struct reader *reader, char *value);
const char *option_watch(struct reader *reader, char *value);
const char *option_unwatch(struct reader *reader, char *value);

/* The list that -a, -A, -d, -w or -W named; -1: none did. */
int reader_list(const struct reader *reader);

/* "name=value" as one more field. */
const char *reader_add_field(struct reader *reader, const char *pair);

#endif
