/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What anyone may cause in any number, and was counted in the kernel instead of being sent: a line a second for each
 * user and kind of it. What was said lies in the memory that outlives the monitor.
 */
#ifndef KMODWATCH_SUPPRESSED_H
#define KMODWATCH_SUPPRESSED_H

#include "../output/event.h"
#include "../handover.h"
#include "correlate.h"

struct handover;

/* Whose turn it is: whoever has many users has as many slots, and their lines are the log's too. */
struct suppressed_turn {
	size_t most; /* slots of users who are not root that are told of at a time */
	size_t next; /* below LIMITS_ANY */
	bool left;   /* some had no turn */
};

/*
 * Emits an attempts_suppressed for each slot of which something was counted since the last time, and whose turn it is.
 * limits: the kernel's table, LIMIT_SLOTS of them; the handover's (repeated.h) come with it. now: ns since boot.
 * Returns 0 or a negative errno.
 */
int suppressed_report(struct handover *handover, const struct limit *limits, struct suppressed_turn *turn, uint64_t now,
		      uint64_t boot_offset, emit_fn emit, void *ctx);

/* Nothing was counted in the slot that was not told. */
bool suppressed_is_told(const struct handover *handover, const struct limit *limits, size_t slot);

/* The slot's count begins anew at 0. */
void suppressed_forget(struct handover *handover, size_t slot);

/* How much was said so far, of what is not forgotten. */
uint64_t suppressed_count(const struct handover *handover);

#endif
