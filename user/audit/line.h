/* SPDX-License-Identifier: BSD-2-Clause */
/* One line of a rules file, read as auditctl 3.x reads it: what it asks for, or what is wrong with it. */
#ifndef KMODWATCH_AUDIT_LINE_H
#define KMODWATCH_AUDIT_LINE_H

#include "rule.h"
#include "words.h"

enum line_verb {
	LINE_NOTHING, /* comment, blank, or nothing that changes the rules */
	LINE_ADD,
	LINE_DELETE,
};

/* What auditctl does while it still reads the line: done even where the line then turns out to be wrong. */
struct line_effects {
	bool delete_all;				/* -D */
	const char *delete_key;				/* -D -k: only these; else NULL */
	int enabled;					/* -e; -1: not given */
	int failure;					/* -f; -1: not given */
	long rate;					/* -r; -1: not given */
	long backlog;					/* -b; -1: not given */
	bool config;					/* something that a locked kernel refuses */
	bool ignore_errors;				/* -i, -c */
	const char *equivalent_mount, *equivalent_tree; /* -q; else NULL */
};

struct line_error {
	unsigned int column; /* from 1; 0: nothing is wrong */
	const char *what;    /* in the arena */
};

struct line {
	enum line_verb verb;
	struct rule rule; /* LINE_ADD, LINE_DELETE, of a wrong line as far as it was read; its source is not set */
	struct line_effects effects;
	struct line_error error;
};

/*
 * Reads the line. Names of users and groups, and whether -w names a folder, are looked up on this machine. Returns 0
 * (look at line->error too) or -ENOMEM. What *line points to is in the arena, or in this program.
 */
int line_understand(const char *text, size_t size, struct arena *arena, struct line *line);

#endif
