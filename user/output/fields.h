/* SPDX-License-Identifier: BSD-2-Clause */
/* The one description of what each kind of event shows: every renderer walks it. */
#ifndef KMODWATCH_FIELDS_H
#define KMODWATCH_FIELDS_H

#include "event.h"

enum field_type {
	FIELD_INT,    /* struct number, int64_t */
	FIELD_UINT,   /* struct number */
	FIELD_BOOL,   /* struct number */
	FIELD_TIME,   /* struct number, ns since 1970 */
	FIELD_TEXT,   /* struct text */
	FIELD_PATH,   /* struct text, whose end matters */
	FIELD_ARGV,   /* struct text with a NUL after each argument */
	FIELD_TEXTS,  /* struct list of struct text */
	FIELD_COUNTS, /* struct list of struct count_part */
	FIELD_OBJECT, /* a part, described by fields */
	FIELD_LIST,   /* struct list of parts of item_size bytes, each described by fields */
};

struct field {
	const char *key; /* NULL ends a description */
	enum field_type type;
	size_t offset;
	const struct field *fields;
	const char *fields_name;  /* what their description is called here */
	size_t item_size;	  /* of FIELD_LIST and FIELD_TEXTS */
	const char *const *words; /* of FIELD_TEXT: all that it can say, ended by NULL; NULL: anything */
};

/* The contract's number: a key that is renamed or changes its type makes another. */
enum { EVENT_SCHEMA = 2 };

/* The event's name, as in the contract. */
const char *event_name(enum event_kind kind);

/* What every line starts with, and what the kind adds, in the order in which it is shown. */
extern const struct field common_fields[];
const struct field *event_fields(enum event_kind kind);

#endif
