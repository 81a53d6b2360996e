/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody did to the rings: their positions can be moved by who has the maps in hand. */
#ifndef KMODWATCH_RING_FAULTS_H
#define KMODWATCH_RING_FAULTS_H

#include "../calls/rings.h"
#include "../output/event.h"

/* Whether there is anything to take: it is told at once. */
bool ring_faults_any(const struct rings *rings);
/* Puts what is wrong with a ring into found, by enum map, and forgets it. The sentences are static. */
void ring_faults_take(struct rings *rings, const char **found);
/* Emits events_lost for what was written over. Returns 0 or emit's error. */
int ring_faults_tell(struct rings *rings, emit_fn emit, void *ctx);

#endif
