/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is loaded: the table of modules, fed by facts, and held against the kernel's lists at the start, some seconds
 * after something came, and once a minute.
 */
#ifndef KMODWATCH_MODULES_H
#define KMODWATCH_MODULES_H

#include "../calls/fact.h"
#include "../output/event.h"
#include "reading.h"

struct modules;

/* The texts live as long as the struct modules that they are given to. */
struct modules_places {
	const char *state;   /* --state; NULL: no list is kept on disk */
	const char *boot_id; /* of this boot */
	struct lists lists;
};

/*
 * To be called when the probes are attached and before the first record is taken. kept: where the table lies, and what
 * an earlier monitor left there (not owned). now: ns since boot. *out: modules_freep(), which writes what is still to
 * be written. Returns 0 or -ENOMEM: all else is explained and lived with.
 */
int modules_new(struct kept_table *kept, const struct modules_places *places, uint64_t now, struct modules **out);
void modules_freep(struct modules **modules);
/*
 * Whether it is known that nobody watched between the end of an earlier run of this boot and modules_new(). *since: ns
 * since 1970, when that run ended; unknown where it did not end by itself.
 */
bool modules_unwatched(const struct modules *modules, struct number *since);

/* All of these take a NULL, and do nothing then. now: ns since boot. */

/* To be called before the fact's record leaves the ring. Returns 0 or -ENOMEM. */
int modules_note(struct modules *modules, const struct fact *fact, uint64_t now);
/* A record of a module's end may have been lost. */
void modules_doubt(struct modules *modules);

/*
 * To be called once a round, when all that was in the ring at the round's beginning was taken: what one call reads, the
 * next one judges. Emits what is missed, what hides, and events_lost for what cannot be known. Returns 0, -ENOMEM or
 * emit's error.
 */
int modules_check(struct modules *modules, uint64_t now, emit_fn emit, void *ctx);
/* In how many ms modules_check() has something to do; -1: never. */
int modules_due_ms(const struct modules *modules, uint64_t now);

#endif
