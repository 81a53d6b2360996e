/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel would hold after auditctl -R has read some lines. */
#ifndef KMODWATCH_AUDIT_LOAD_H
#define KMODWATCH_AUDIT_LOAD_H

#include "../arena.h"
#include "rule.h"

/* One line of a rules file, or of the file that augenrules would make. */
struct source_line {
	const char *file;
	unsigned int number;
	const char *text;
	size_t size;
};

struct load_problem {
	const char *file; /* NULL: there is none */
	unsigned int line, column;
	const char *text; /* the line, for people */
	const char *what;
};

struct ruleset {
	struct arena arena;
	size_t count, room;
	struct rule **rules;	  /* as the kernel would list them, so in the order in which it looks at them */
	int enabled;		  /* -1: not said */
	int failure;		  /* -1: not said */
	long rate, backlog;	  /* -1: not said */
	struct load_problem stop; /* what ended the reading */
	size_t problem_count;	  /* bad lines, `stop` included */
	struct load_problem first_problem;
	/* rules of bad lines and of lines after the stop, as they would be without it */
	size_t kept_out_count, kept_out_room;
	struct rule **kept_out;
};

/* What one auditctl -R is given. */
struct load_part {
	const struct source_line *lines;
	size_t count;
	const char *refused; /* auditctl does not read the file at all, and this is why; else NULL */
	const char *file;
};

/*
 * Applies the parts one after the other. *out is the caller's to free with ruleset_free(), and points to the lines'
 * file names. Returns 0 (bad lines are in the set) or -ENOMEM, and leaves *out untouched then.
 */
int ruleset_load(const struct load_part *parts, size_t count, struct ruleset *out);

/* Whether the kernel would hold the same rules in the same order. */
bool ruleset_same(const struct ruleset *a, const struct ruleset *b);

/* Adds a rule as it is, at the end. Returns 0 or -ENOMEM. */
int ruleset_append(struct ruleset *set, const struct rule *rule);

void ruleset_free(struct ruleset *set);

#endif
