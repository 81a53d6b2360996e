/* SPDX-License-Identifier: BSD-2-Clause */
/* Which rules of a set can be about a target at all, so that 100,000 rules for other calls cost a target nothing. */
#ifndef KMODWATCH_AUDIT_CANDIDATES_H
#define KMODWATCH_AUDIT_CANDIDATES_H

#include "load.h"
#include "target.h"

/* Numbers of rules in rising order: of the set, then (from rules->count on) of those that were kept out. */
struct candidates {
	size_t count;
	const uint32_t *at;
};

struct candidate_cache;

/* Returns 0 or -ENOMEM. */
int candidate_cache_new(struct candidate_cache **cache);
void candidate_cache_freep(struct candidate_cache **cache);

/* The candidates for the target; good until the cache goes. Returns 0 or -ENOMEM. */
int candidates_of(struct candidate_cache *cache, const struct ruleset *rules, const struct target *target,
		  struct candidates *candidates);

#endif
