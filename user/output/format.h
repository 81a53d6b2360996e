/* SPDX-License-Identifier: BSD-2-Clause */
/* In which form events are written, and whether in colour: asked for, or as fits where they go. */
#ifndef KMODWATCH_FORMAT_H
#define KMODWATCH_FORMAT_H

#include <stdbool.h>

enum output {
	OUTPUT_DEFAULT, /* text on a terminal, JSON elsewhere */
	OUTPUT_JSON,
	OUTPUT_TEXT,
	OUTPUT_JOURNAL, /* native journal fields */
};

enum colour {
	COLOUR_AUTO, /* on a terminal that can, unless NO_COLOR is set and not empty */
	COLOUR_ALWAYS,
	COLOUR_NEVER,
};

/* The output that is meant, never OUTPUT_DEFAULT. fd: where it goes. */
enum output output_chosen(enum output wanted, int fd);

/* Whether the locale (LC_ALL, LC_CTYPE, LANG) can show more than ASCII. */
bool locale_is_utf8(void);

/* Whether what goes to fd is to have colours. */
bool colour_chosen(enum colour wanted, int fd);

#endif
