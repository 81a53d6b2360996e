/* SPDX-License-Identifier: BSD-2-Clause */
/* What did not get through, counted and said in the stream. */
#ifndef KMODWATCH_LOST_H
#define KMODWATCH_LOST_H

#include "../output/event.h"
#include "../../bpf/records.h"
#include "../calls/correlate.h"
#include "../kernel/probes.h"

/* Records that were none. Starts zeroed. */
struct lost {
	uint64_t undecodable, undecodable_reported;
	uint64_t captures_reported;
	uint64_t looked, due; /* ns since boot; due 0: nothing came since */
};

/*
 * Asking for all the counts takes more than showing an event does, so it is done a second after something came, and
 * every ten seconds at the latest.
 */
void lost_wake(struct lost *lost);
bool lost_is_due(const struct lost *lost, uint64_t now);
int lost_due_ms(const struct lost *lost, uint64_t now);

/* One more record that was no record. */
void lost_add_undecodable(struct lost *lost);

/*
 * captures: images that could not be kept, so far. Emits an events_lost for each kind of which something was lost since
 * the last time, be it an earlier monitor's. Returns 0 or a negative errno.
 */
int lost_report(struct lost *lost, const struct probes *probes, uint64_t captures, emit_fn emit, void *ctx);

#endif
