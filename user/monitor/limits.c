// SPDX-License-Identifier: BSD-2-Clause
#include "limits.h"
#include "../clock.h"
#include "../kernel/probes.h"
#include "../calls/suppressed.h"

static const uint64_t PERIOD_NS = 1000000000;

enum {
	QUIET_LOOKS = 2,	      /* then it is over */
	CROWDED = LIMITS_MAX * 3 / 4, /* slots: from there on those that rest are taken out */
	REST_S = 60,
};

static size_t count_taken(const struct limit *limits)
{
	size_t count = 0;

	for (size_t i = 0; i < LIMITS_MAX; i++)
		count += limits[i].of.word != 0;
	return count;
}

/*
 * All that was counted has been said. A call that comes just between the look and the removal would be lost to the
 * count: hence only slots that have rested for long, and only where there is no room otherwise.
 */
static void make_room(const struct probes *probes, uint64_t now)
{
	const struct limit *limits = probes_limits(probes);

	if (count_taken(limits) <= CROWDED)
		return;
	for (size_t i = 0; i < LIMITS_MAX; i++)
		if (limits[i].of.word && now >= limits[i].last + REST_S * PERIOD_NS && !probes_free_limit(probes, i))
			suppressed_forget(probes_handover(probes), i);
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
	struct handover *handover = probes_handover(probes);
	uint64_t before;
	int err;

	if (!limits->due || now < limits->due)
		return 0;
	before = suppressed_count(handover);
	err = suppressed_report(handover, probes_limits(probes), now, boot_offset, emit, ctx);
	if (err)
		return err;
	make_room(probes, now);
	probes_next_period(probes); /* where that fails, the self-test finds out why */
	limits->quiet = suppressed_count(handover) == before ? limits->quiet + 1 : 0;
	limits->due = limits->quiet < QUIET_LOOKS ? clock_next_second(now) : 0;
	return 0;
}
