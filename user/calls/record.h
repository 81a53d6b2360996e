/* SPDX-License-Identifier: BSD-2-Clause */
/* A record as it came off the ring. Nothing in it is trusted: sizes and offsets are checked. */
#ifndef KMODWATCH_RECORD_H
#define KMODWATCH_RECORD_H

#include "../../bpf/records.h"
#include "../output/event.h"

/* A record that was checked: its struct is whole, its text is what text_size says. */
struct record_view {
	const union record *record;
	const char *text; /* text_size bytes */
};

/* Checks size bytes at bytes (8-byte aligned). Returns 0, or -EBADMSG where they are no record of ours. */
int record_view(const void *bytes, size_t size, struct record_view *view);

/* The text of a span, in place; unknown where the span leads outside of the record. */
struct text record_text(const struct record_view *view, const struct span *span);

#endif
