/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that have begun and not returned, each with what was said of it so far. By thread id: a thread is in one
 * such call at most.
 */
#ifndef KMODWATCH_ATTEMPTS_H
#define KMODWATCH_ATTEMPTS_H

#include "record.h"

/* Copies of the records of a call that has not returned. A lost return leaves it until the thread's next call. */
struct open_attempt {
	uint32_t tid;
	uint64_t time;
	uint32_t cpu;
	void *attempt; /* NULL: lost */
	void *params;  /* NULL: not copied yet */
	void *module;
};

struct attempts {
	void *open; /* tsearch() tree of struct open_attempt */
};

/* The open attempt that the record belongs to, or NULL. One of the same thread but another call is stale: it goes. */
struct open_attempt *attempts_find(struct attempts *attempts, const struct record_header *header);
/* The same, made where there is none; NULL: no memory. */
struct open_attempt *attempts_get(struct attempts *attempts, const struct record_header *header);
/* Forgets it; NULL is fine. */
void attempts_close(struct attempts *attempts, struct open_attempt *open);
void attempts_clear(struct attempts *attempts);

/* Puts a copy of the record into a slot of an open attempt. Returns 0 or -ENOMEM, the slot then untouched. */
int attempt_keep(void **slot, const struct record_view *view);
/* The record in a slot that is not NULL. */
struct record_view attempt_kept(const void *copy);

#endif
