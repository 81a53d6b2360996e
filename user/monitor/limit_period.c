// SPDX-License-Identifier: BSD-2-Clause
#include "limit_period.h"
#include "../calls/budget.h"
#include "../clock.h"
#include "../kernel/probes.h"

static const uint64_t PERIOD_NS = 1000000000;

enum {
	QUIET_PERIODS = 2,	      /* then it is over */
	TURN = 32,		      /* counts of who is not root that are told at a time: 14 KB or so */
	CROWDED = LIMITS_ANY * 3 / 4, /* slots: from there on those that rest are taken out */
	REST_S = 60,
};

static size_t count_taken(const struct limit *limits)
{
	size_t count = 0;

	for (size_t i = 0; i < LIMITS_ANY; i++)
		count += limits[i].of.word != 0;
	return count;
}

/*
 * A call that comes just between the look and the removal would be lost to the count: hence only slots that have rested
 * for long, and only where there is no room otherwise. Root's slots are more than he has kinds of calls and errors.
 */
static void make_room(const struct probes *probes, uint64_t now)
{
	const struct limit *limits = probes_limits(probes);

	if (count_taken(limits) <= CROWDED)
		return;
	for (size_t i = 0; i < LIMITS_ANY; i++)
		if (limits[i].of.word && now >= limits[i].last + REST_S * PERIOD_NS &&
		    suppressed_is_told(probes_handover(probes), limits, i) && !probes_free_limit(probes, i))
			suppressed_forget(probes_handover(probes), i);
}

void limit_period_wake(struct limit_period *period, uint64_t now)
{
	if (!period->due)
		period->due = clock_next_second(now);
	period->quiet = 0;
}

int limit_period_due_ms(const struct limit_period *period, uint64_t now)
{
	if (!period->due)
		return -1;
	return ms_until(period->due, now);
}

static int end(struct limit_period *period, const struct probes *probes, uint64_t now, uint64_t boot_offset,
	       emit_fn emit, void *ctx)
{
	struct handover *handover = probes_handover(probes);
	uint64_t before = suppressed_count(handover);
	bool quiet;
	int err = suppressed_report(handover, probes_limits(probes), &period->turn, now, boot_offset, emit, ctx);

	if (err)
		return err;
	make_room(probes, now);
	/* seconds in which nobody waited for their end count too */
	budget_renew(probes_limits(probes), now / PERIOD_NS - period->ended / PERIOD_NS);
	probes_next_period(probes); /* where that fails, the self-test finds out why */
	quiet = suppressed_count(handover) == before && !period->turn.left && budget_is_whole(probes_limits(probes));
	period->quiet = quiet ? period->quiet + 1 : 0;
	period->due = period->quiet < QUIET_PERIODS ? clock_next_second(now) : 0;
	period->ended = now;
	return 0;
}

int limit_period_check(struct limit_period *period, const struct probes *probes, uint64_t now, uint64_t boot_offset,
		       emit_fn emit, void *ctx)
{
	if (!period->due || now < period->due)
		return 0;
	period->turn.most = TURN;
	return end(period, probes, now, boot_offset, emit, ctx);
}

int limit_period_finish(struct limit_period *period, const struct probes *probes, bool stays, uint64_t now,
			uint64_t boot_offset, emit_fn emit, void *ctx)
{
	period->turn.most = stays ? TURN : LIMIT_SLOTS;
	return end(period, probes, now, boot_offset, emit, ctx);
}
