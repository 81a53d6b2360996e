/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modules that should be loaded by what was shown, held against those that are: at the start, when the list of the
 * last run is there, and once a minute. A difference that no event explains is a module_missed.
 */
#ifndef KMODWATCH_MISSED_H
#define KMODWATCH_MISSED_H

#include "hidden.h"

#include <stdint.h>

struct missed;

/* Where to look. The texts live as long as the struct missed that they are given to. */
struct missed_places {
	const char *state;	     /* --state; NULL: no list is kept */
	const char *boot_id;	     /* of this boot */
	const char *proc_modules;    /* NULL: /proc/modules */
	const char *sys_module;	     /* NULL: /sys/module */
	const struct hidden *hidden; /* which modules were not freed, whatever the lists say; NULL: none is known */
};

/*
 * To be called when the probes are attached and before the first record is taken. *out is the caller's to free with
 * missed_freep(), which writes what is still to be written. Returns 0 or -ENOMEM: all else is explained and lived with.
 */
int missed_new(const struct missed_places *places, struct missed **out);
void missed_freep(struct missed **missed);

/* All of these take a NULL missed, and do nothing then. now: clock_boot_ns(). */

/* To be called before the fact's record leaves the ring. Returns 0 or -ENOMEM. */
int missed_note(struct missed *missed, const struct fact *fact);

/* In how many ms missed_check() has something to do; -1: never. */
int missed_due_ms(const struct missed *missed, uint64_t now);

/*
 * To be called once a round, when all that was in the ring at the round's beginning was taken: what one call reads, the
 * next one judges. Returns 0, -ENOMEM or emit's error.
 */
int missed_check(struct missed *missed, uint64_t now, emit_fn emit, void *ctx);

#endif
