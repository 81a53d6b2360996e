/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls that have begun and not returned, each with what was said of it so far. By thread id: a thread is in one
 * such call at most.
 */
#ifndef KMODWATCH_ATTEMPTS_H
#define KMODWATCH_ATTEMPTS_H

#include "../handover.h"

/* Copies of the records of a call that has not returned. A lost return leaves it until the thread's next call. */
struct open_attempt {
	struct handover *handover; /* that holds the copies */
	uint32_t tid;
	uint64_t time;
	uint32_t cpu;
	void *attempt; /* NULL: lost */
	void *params;  /* NULL: not copied yet */
	void *module;
	void *signature;   /* NULL: nothing is appended, or lost */
	void *done;	   /* a call_return_record: the result, should the return itself be missed */
	uint64_t asked_in; /* the round of asking in which its thread was asked after; 0: none yet */
	uint64_t left_at;  /* ns since boot: when its thread was first seen to be elsewhere; 0: it was not */
};

struct attempts {
	struct handover *handover; /* not owned; NULL: nothing is to outlive the monitor */
	void *open;		   /* tsearch() tree of struct open_attempt */
};

/* The open attempt that the record belongs to, or NULL. */
struct open_attempt *attempts_find(const struct attempts *attempts, const struct record_header *header);
/* The one that the record's thread left behind: another call's, whose return was not seen. NULL: none. */
struct open_attempt *attempts_stale(const struct attempts *attempts, const struct record_header *header);
/* The open attempt that the record belongs to, made where there is none and none is stale; NULL: no memory. */
struct open_attempt *attempts_get(struct attempts *attempts, const struct record_header *header);
/* Forgets it; NULL is fine. */
void attempts_close(struct attempts *attempts, struct open_attempt *open);
/* Forgets all that does not lie in the memory. */
void attempts_clear(struct attempts *attempts);
/* Takes up what an earlier monitor left in the memory. Returns 0 or -ENOMEM. */
int attempts_restore(struct attempts *attempts);

/* Calls look for each, which must neither make nor close any. */
typedef void (*attempt_fn)(struct open_attempt *open, void *ctx);
void attempts_walk(const struct attempts *attempts, attempt_fn look, void *ctx);

/* Puts a copy of the record into the open attempt, in the place for its kind. Returns 0 or -ENOMEM, nothing changed. */
int attempt_keep(struct open_attempt *open, const struct record_view *view);
/* The record in a slot that is not NULL. */
struct record_view attempt_kept(const void *copy);

#endif
