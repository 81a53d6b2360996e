/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The periods of the limits, a second each while there is something to limit: at the end of one it is told what was
 * only counted, the table of it gets room, and what lines may cost is there again.
 */
#ifndef KMODWATCH_LIMIT_PERIOD_H
#define KMODWATCH_LIMIT_PERIOD_H

#include "../calls/suppressed.h"
#include "../output/event.h"

struct probes;

struct limit_period {
	uint64_t due;	/* ns since boot: its end; 0: there is none */
	uint64_t ended; /* ns since boot: when the last one did */
	int quiet;	/* periods in a row in which nothing was counted */
	struct suppressed_turn turn;
};

/* Something came that may be limited: periods are needed until nothing more is counted. */
void limit_period_wake(struct limit_period *period, uint64_t now);
/* Milliseconds until the end of this one; -1: there is none. */
int limit_period_due_ms(const struct limit_period *period, uint64_t now);

/*
 * Ends the period, when it is time. Emits an attempts_suppressed for each slot of which something was counted since it
 * was last told of; for those of users who are not root, only so many at a time. Returns 0 or a negative errno.
 */
int limit_period_check(struct limit_period *period, const struct probes *probes, uint64_t now, uint64_t boot_offset,
		       emit_fn emit, void *ctx);
/*
 * The same whatever the time. stays: the counts are the next monitor's too, which goes on with those that have no turn
 * now; else all are told, some 1,000 lines of 400 bytes at most.
 */
int limit_period_finish(struct limit_period *period, const struct probes *probes, bool stays, uint64_t now,
			uint64_t boot_offset, emit_fn emit, void *ctx);

#endif
