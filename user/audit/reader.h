/* SPDX-License-Identifier: BSD-2-Clause */
/* A line while it is read. */
#ifndef KMODWATCH_AUDIT_READER_H
#define KMODWATCH_AUDIT_READER_H

#include "field.h"

enum { ACTION_NONE = -1, ACTION_POSSIBLE = -2 };

struct line;

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

#endif
