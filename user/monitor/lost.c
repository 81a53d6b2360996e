// SPDX-License-Identifier: BSD-2-Clause
#include "lost.h"
#include "../output/event.h"
#include "../clock.h"
#include "../kernel/probes.h"

#include <errno.h>

/* `what` of events_lost: the event that will be missing, or the part of one. */
static const char *const names[RECORD_KINDS] = {
	[RECORD_TOOL_EXEC] = "tool_exec",
	[RECORD_MODULE_REQUEST] = "module_request",
	[RECORD_ATTEMPT] = "process", /* and source: the event itself comes */
	[RECORD_MODULE_COMING] = "module_coming",
	[RECORD_MODULE_FREE] = "module", /* of a module_unload that comes */
	[RECORD_MODULE_PARAMS] = "params",
	[RECORD_CALL_DONE] = "result", /* of the two records that say it, one came */
	[RECORD_CALL_RETURN] = "module_load or module_unload",
	[RECORD_CALL_ALONE] = "refused call",
	[RECORD_MODULE_SIGNATURE] = "signature",
	[RECORD_CANARY] = "self-test",
	[RECORD_MONITOR_TOUCHED] = "monitor_touched",
};

static int report(emit_fn emit, void *ctx, const char *what, const char *probe, uint64_t now, uint64_t *before)
{
	struct event event = { .kind = EVENT_EVENTS_LOST };
	int err;

	if (now == *before)
		return 0;
	event.count = number_of(now - *before);
	event.what = text_of(what);
	if (probe)
		event.probe = text_of(probe);
	err = emit(ctx, &event);
	if (!err)
		*before = now;
	return err;
}

static const uint64_t SELDOM_S = 10;

void lost_wake(struct lost *lost)
{
	if (!lost->due)
		lost->due = clock_next_second(lost->looked);
}

bool lost_is_due(const struct lost *lost, uint64_t now)
{
	return (lost->due && now >= lost->due) || now >= lost->looked + SELDOM_S * NS_PER_S;
}

int lost_due_ms(const struct lost *lost, uint64_t now)
{
	if (!lost->due)
		return -1;
	return ms_until(lost->due, now);
}

void lost_add_undecodable(struct lost *lost)
{
	lost->undecodable++;
}

int lost_report(struct lost *lost, const struct probes *probes, uint64_t captures, emit_fn emit, void *ctx)
{
	struct handover *handover = probes_handover(probes);
	uint64_t counts[RECORD_KINDS];
	int err = probes_lost(probes, counts);

	lost->looked = clock_boot_ns();
	lost->due = 0;
	for (int kind = 1; !err && kind < RECORD_KINDS; kind++)
		err = report(emit, ctx, names[kind], NULL, counts[kind], &handover->lost[kind]);
	for (size_t i = 0; !err && i < probes_count(); i++) {
		err = report(emit, ctx, "skipped probe", probe_name(i), probe_skipped(probes, i),
			     &handover->probes[i].skipped);
	}
	if (!err)
		err = report(emit, ctx, "captured image", NULL, captures, &lost->captures_reported);
	if (!err)
		err = report(emit, ctx, "undecodable record", NULL, lost->undecodable, &lost->undecodable_reported);
	return err;
}
