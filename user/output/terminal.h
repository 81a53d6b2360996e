/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for a person at a terminal: an aligned line each, local time, in colour by outcome. */
#ifndef KMODWATCH_TERMINAL_H
#define KMODWATCH_TERMINAL_H

#include "event.h"
#include "names.h"

struct terminal {
	int fd; /* whose width counts; not owned */
	bool colour, utf8;
	bool lists_present; /* a line for each module that is already loaded, not one for all */
	size_t present;	    /* how many there were without a line */
	int year, day;	    /* of the last line */
	struct names names;
};

/*
 * fd: where the lines go. It may be no terminal: then $COLUMNS has the width, and where there is none, nothing is
 * shortened. The locale (LC_ALL, LC_CTYPE, LANG) says whether more than ASCII can be shown.
 */
void terminal_init(struct terminal *terminal, int fd, bool colour, bool lists_present);

/*
 * The event as a line, with one that has the date before it where the day is another than the last line's. *size is 0
 * where the event has no line. On success *line is the caller's to free. Returns 0, or -ENOMEM, outputs then untouched.
 */
int terminal_render(struct terminal *terminal, const struct event *event, char **line, size_t *size);

/* The one line for modules that are already loaded; time: ns since 1970. Otherwise as above. */
int terminal_render_present(struct terminal *terminal, uint64_t time, char **line, size_t *size);

#endif
