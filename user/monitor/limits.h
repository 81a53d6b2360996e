/* SPDX-License-Identifier: BSD-2-Clause */
/* When to look for what was only counted, and that the map of it does not fill up. */
#ifndef KMODWATCH_LIMITS_H
#define KMODWATCH_LIMITS_H

#include "../output/event.h"
#include "../calls/correlate.h"

struct probes;

struct limits {
	uint64_t due; /* ns since boot: the next look; 0: none needed */
	int quiet;    /* looks in a row that found nothing */
};

/* Something came that may be limited: looks are needed until nothing more is counted. */
void limits_wake(struct limits *limits, uint64_t now);
/* Milliseconds until the next look; -1: none. */
int limits_due_ms(const struct limits *limits, uint64_t now);

/*
 * Looks, when it is time, and makes room in the map when it fills up. Emits an attempts_suppressed for each slot of
 * which something was counted since the last look. Returns 0 or a negative errno.
 */
int limits_check(struct limits *limits, const struct probes *probes, uint64_t now, uint64_t boot_offset, emit_fn emit,
		 void *ctx);

#endif
