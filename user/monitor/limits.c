// SPDX-License-Identifier: BSD-2-Clause
#include "limits.h"
#include "../cleanup.h"
#include "clock.h"
#include "probes.h"
#include "suppressed.h"

#include <errno.h>
#include <stdlib.h>

static const uint64_t PERIOD_NS = 1000000000;

enum {
	QUIET_LOOKS = 2,	      /* then it is over */
	CROWDED = LIMITS_MAX * 3 / 4, /* entries: from there on those that rest are taken out */
	REST_S = 60,
};

/*
 * All that was counted has been said. A call that comes just between the look and the removal would be lost to the
 * count: hence only entries that have rested for long, and only where there is no room otherwise.
 */
static void make_room(const struct probes *probes, struct memory *memory, const struct limit_entry *entries,
		      size_t count, uint64_t now)
{
	for (size_t i = 0; count > CROWDED && i < count; i++) {
		const struct limit_entry *entry = &entries[i];

		if (entry->key.uid == LIMIT_ANY_UID || now < entry->limit.last + REST_S * PERIOD_NS)
			continue;
		if (!probes_forget_limit(probes, &entry->key))
			suppressed_forget(memory, &entry->key);
	}
}

void limits_wake(struct limits *limits, uint64_t now)
{
	if (!limits->due)
		limits->due = clock_next_second(now);
	limits->quiet = 0;
}

int limits_due_ms(const struct limits *limits, uint64_t now)
{
	if (!limits->due)
		return -1;
	return now < limits->due ? (int)((limits->due - now) / 1000000 + 1) : 0;
}

int limits_check(struct limits *limits, const struct probes *probes, uint64_t now, uint64_t boot_offset, emit_fn emit,
		 void *ctx)
{
	struct memory *memory = probes_memory(probes);
	_cleanup_(freep) struct limit_entry *entries = NULL;
	uint64_t before;
	size_t count;
	int err;

	if (!limits->due || now < limits->due)
		return 0;
	err = probes_limits(probes, &entries, &count);
	if (err)
		return err;
	before = suppressed_count(memory);
	err = suppressed_report(memory, entries, count, now, boot_offset, emit, ctx);
	if (err)
		return err;
	make_room(probes, memory, entries, count, now);
	err = probes_next_period(probes);
	if (err)
		return err;
	limits->quiet = suppressed_count(memory) == before ? limits->quiet + 1 : 0;
	limits->due = limits->quiet < QUIET_LOOKS ? clock_next_second(now) : 0;
	return 0;
}
