/* SPDX-License-Identifier: BSD-2-Clause */
/* The lexer: a rules file as lines, and a line as words, cut where auditctl -R cuts them. */
#ifndef KMODWATCH_AUDIT_WORDS_H
#define KMODWATCH_AUDIT_WORDS_H

#include "../arena.h"

#include <stdbool.h>
#include <stddef.h>

/* auditctl reads this much at a time, less the NUL: the rest of a longer line counts as the next line. */
enum { WORDS_LINE_MAX = 6144 - 1 };

struct word {
	char *text;
	unsigned int column; /* in bytes, from 1 */
};

struct words {
	size_t count;
	struct word *words;
	bool dropped; /* there were more than auditctl makes room for */
};

/* Walks a file's bytes. */
struct lines {
	const char *bytes;
	size_t size, at;
	unsigned int number; /* of the line that lines_next() gave, from 1 */
};

/* The next line without its newline, up to its first NUL. False at the end. */
bool lines_next(struct lines *lines, const char **line, size_t *size);

/*
 * The line's words, in the arena. None for a blank line and for a comment. Only spaces part words, "\ " is a space
 * inside one, quotes are nothing special. Returns 0 or -ENOMEM.
 */
int words_split(const char *line, size_t size, struct arena *arena, struct words *words);

#endif
