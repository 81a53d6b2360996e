/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much of an event is shown where all of it would make too long a line: steps, each of which shows less than the
 * one before. What is cut first is what matters least. A module's name, who acts, the outcome, the last component of a
 * path and the first and the last arguments are what is cut last.
 */
#ifndef KMODWATCH_LIMITS_H
#define KMODWATCH_LIMITS_H

#include "event.h"

/* Bytes of a line, with its newline. A unit's stdout is split by journald at 48 KiB (LineMax=, journald.conf(5)), and
 * by rsyslog at 8 KiB. */
enum { LINE_LEAST = 2048, LINE_MAX_BYTES = 8000, LINE_MOST = 65536 };

/* Which keys are shown: all, or without those that can be done without, or only who, what and how it ended; of a
 * requester only who it is. */
enum keys_shown { WHOLE, BARE, BAREST, LAST, LEAST };

struct limits {
	size_t text;			 /* bytes of a text; one of SHORT_TEXT bytes is never cut */
	size_t path;			 /* bytes of a path, but never less than its last component */
	size_t component;		 /* bytes of that, its end */
	size_t items;			 /* of a list */
	size_t inner;			 /* of a list in a list */
	enum keys_shown keys, requester; /* of the event, and of who is behind it */
};

enum { SHORT_TEXT = 64 };

/* Everything is shown. */
extern const struct limits no_limits;

/* The next step for an event of this kind, from 0 on; NULL: there is nothing left to cut. */
const struct limits *limits_step(enum event_kind kind, size_t step);
/* How many there are. */
size_t limits_steps(enum event_kind kind);

/* Whether the key stays away. */
bool limits_spares(enum keys_shown shown, const char *key);

/* What is shown of some bytes: size of them from `from` on. */
struct extent {
	size_t from, size;
};

/* Of a text its beginning, of a path its end. Both are cut between characters, and a path between components. */
struct extent limits_text(const struct limits *limits, const struct text *text);
struct extent limits_path(const struct limits *limits, const struct text *path);

/* Of arguments the beginning and the end: the first part is what stands before the gap; tail->size 0: there is none. */
void limits_argv(const struct limits *limits, const struct text *argv, struct extent *head, struct extent *tail);

#endif
