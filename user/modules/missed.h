/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is loaded by the kernel's list, and is not by the table, or the other way round: a difference that no fact
 * explains is a module_missed. What is known to be loaded whatever the lists say is hidden.h's.
 *
 *     in the list only ── for 1 s ──→ told as loaded, taken in
 *     in the table only ── for 5 s ──→ told as unloaded, dropped; at once and untold, where its result was not seen
 *     in both, with another instance ── for 5 s ──→ told as unloaded, then as loaded
 *
 * A false alarm is avoided so: what is read is judged only after the ring was drained; a module of which a fact came
 * meanwhile is not judged at all; and what differs must go on to do so, without such a fact, for as long as the return
 * of a call may be under way. A module between its coming and its result may go either way.
 */
#ifndef KMODWATCH_MISSED_H
#define KMODWATCH_MISSED_H

#include "../output/event.h"
#include "reading.h"

/* Starts zeroed; missed_clear() frees it. */
struct missed {
	struct module_set suspects; /* of the last judgement. time: when they were first seen so */
};

/* A fact was about this one: the time counts anew. */
void missed_forget(struct missed *missed, const char *name);

/* touched: a fact was about these since the reading began. Returns 0, -ENOMEM or emit's error. */
int missed_judge(struct missed *missed, struct table *table, const struct reading *reading,
		 const struct module_set *touched, const struct lists *lists, emit_fn emit, void *ctx);

/* Whether something differs of which it is too early to tell. */
bool missed_waits(const struct missed *missed);
void missed_clear(struct missed *missed);

#endif
