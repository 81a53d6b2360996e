/* SPDX-License-Identifier: BSD-2-Clause */
/* How an attempt ends whose return does not come. */
#ifndef KMODWATCH_SETTLE_H
#define KMODWATCH_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

struct correlator;
struct open_attempt;

/* Ends the attempt with what is known of it, where anything is: another call of its thread has begun. */
int settle_stale(struct correlator *correlator, struct open_attempt *open, uint64_t boot_offset);

/* Whom else to ask how a call ended, where its end was not seen. Both may be asked often. */
struct witnesses {
	bool (*has_left_call)(void *ctx, uint32_t tid); /* certain to be in no module call any more */
	bool (*is_live)(void *ctx, const char *module); /* certain to be loaded, its init over */
	void *ctx;
};

/*
 * Writes the lines of calls whose end was certain a second ago without their return having come (the kernel skipped the
 * program that should have sent it, or the caller is slow to get there), and of those whose thread has been elsewhere
 * for a second. When the rings are empty: else a return may wait there. witnesses: NULL: the latter stay. now: ns since
 * boot. *waiting: there are others under way, ask again in a second. Returns as correlator_take() does.
 */
int correlator_flush(struct correlator *correlator, const struct witnesses *witnesses, uint64_t now,
		     uint64_t boot_offset, bool *waiting);

#endif
