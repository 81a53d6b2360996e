/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modules that hide: they came, were not freed, and are not in /proc/modules or /sys/module. What a look shows is
 * judged when all that was in the ring then was taken; and what is missing is looked at again a second later, and told
 * when it still is.
 *
 *     in the lists ── missing in two looks, a second apart ──→ told ── missing elsewhere too, likewise ──→ told anew
 *     told ── in the lists again ──→ in the lists
 *
 * A list that cannot be read changes nothing of what is known of it.
 */
#ifndef KMODWATCH_HIDDEN_H
#define KMODWATCH_HIDDEN_H

#include "../output/event.h"
#include "reading.h"

/* What the last looks said of an entry. */
struct sight {
	uint64_t address, came; /* of which entry */
	bool looked;		/* it was there before the look */
	unsigned int now;	/* missing from there in this look */
	unsigned int then;	/* and in the one before */
	uint64_t since;		/* when that was first seen */
};

/* Starts zeroed. */
struct hidden {
	struct sight sights[TABLE_MAX];
};

/* newest: table_newest(). */
void hidden_look(struct hidden *hidden, const struct table *table, const struct module_set *newest,
		 const struct reading *reading, const struct lists *lists);
/* at: of the look. Returns 0 or emit's error. */
int hidden_judge(struct hidden *hidden, struct table *table, uint64_t at, emit_fn emit, void *ctx);
/* The next moment (ns since boot) after now at which one is to be looked at, if it is before the given one. */
uint64_t hidden_next(const struct hidden *hidden, const struct table *table, uint64_t now, uint64_t before);

#endif
