// SPDX-License-Identifier: BSD-2-Clause
#include "suppressed.h"
#include "decode_call.h"
#include "../handover.h"

#include <libaudit.h>
#include <stdio.h>
#include <string.h>

static const char *name_of(enum limited what)
{
	switch (what) {
	case LIMITED_REFUSED:
		return "refused";
	case LIMITED_TOOL_EXEC:
		return "tool_exec";
	case LIMITED_MODULE_REQUEST:
		return "module_request";
	case LIMITED_REPEATED:
		return "repeated";
	}
	return NULL;
}

static int emit_report(const struct limit_report *report, size_t slot, uint64_t boot_offset, emit_fn emit, void *ctx)
{
	struct event event = { .kind = EVENT_ATTEMPTS_SUPPRESSED };
	const struct limit_key *key = &report->of.key;
	bool any = !key->module_call; /* of all sorts, since there was no room */
	char id[48];

	snprintf(id, sizeof(id), "s%llx-%zx", (unsigned long long)report->time, slot);
	event.id = text_of(id);
	event.time = number_of(report->time + boot_offset);
	event.boot_ns = number_of(report->time);
	event.what = text_of(name_of(key->what));
	event.count = number_of(report->upto - report->done);
	event.uid = key->uid == LIMIT_ANY_UID ? NUMBER_UNKNOWN : number_of(key->uid);
	event.since = number_of(report->since + boot_offset);
	if (key->what == LIMITED_REFUSED) {
		event.syscall.known = KNOWN;
		event.syscall.name = text_of(any ? NULL : decode_call_name(key->module_call));
		event.syscall.errno_name = text_of(any || !key->error ? NULL : audit_errno_to_name(key->error));
	}
	return emit(ctx, &event);
}

/* A count that is being said is said to its end before it grows: a kill may have come after the line. */
static int report_slot(struct limit_report *report, const struct limit *limit, size_t slot, uint64_t now,
		       uint64_t boot_offset, emit_fn emit, void *ctx)
{
	uint64_t suppressed = __atomic_load_n(&limit->suppressed, __ATOMIC_RELAXED);
	int err;

	if (report->of.word != limit->of.word)
		*report = (struct limit_report) { .of = limit->of };
	for (;;) {
		if (report->upto == report->done) {
			if (suppressed == report->done)
				break;
			report->time = now;
			report->since = limit->began > report->seen ? limit->began : report->seen;
			__atomic_store_n(&report->upto, suppressed, __ATOMIC_RELEASE);
		}
		err = emit_report(report, slot, boot_offset, emit, ctx);
		if (err)
			return err;
		__atomic_store_n(&report->done, report->upto, __ATOMIC_RELEASE);
		report->seen = report->time;
	}
	report->seen = now;
	return 0;
}

bool suppressed_is_told(const struct handover *handover, const struct limit *limits, size_t slot)
{
	const struct limit_report *report = &handover->reports[slot];
	uint64_t suppressed = __atomic_load_n(&limits[slot].suppressed, __ATOMIC_RELAXED);

	if (report->of.word != limits[slot].of.word)
		return !suppressed;
	return report->done == suppressed && report->upto == suppressed;
}

/* Slots [from, to), whose turn it is in their order. */
static int report_some(struct handover *handover, const struct limit *limits, struct suppressed_turn *turn,
		       size_t *told, size_t from, size_t to, uint64_t now, uint64_t boot_offset, emit_fn emit,
		       void *ctx)
{
	int err = 0;

	for (size_t i = from; !err && i < to; i++) {
		if (!limits[i].of.word)
			continue;
		if (i < LIMITS_ANY && !suppressed_is_told(handover, limits, i) && (*told)++ >= turn->most) {
			if (!turn->left)
				turn->next = i;
			turn->left = true;
			continue;
		}
		err = report_slot(&handover->reports[i], &limits[i], i, now, boot_offset, emit, ctx);
	}
	return err;
}

/* Those that had no turn are the first to have one next time. */
int suppressed_report(struct handover *handover, const struct limit *limits, struct suppressed_turn *turn, uint64_t now,
		      uint64_t boot_offset, emit_fn emit, void *ctx)
{
	struct repeated_counts *repeated = &handover->repeated;
	size_t first = turn->next, told = 0;
	int err;

	turn->left = false;
	err = report_some(handover, limits, turn, &told, first, LIMIT_SLOTS, now, boot_offset, emit, ctx);
	if (!err)
		err = report_some(handover, limits, turn, &told, 0, first, now, boot_offset, emit, ctx);
	for (size_t i = 0; !err && i < REPEATED_SLOTS; i++)
		if (repeated->slots[i].of.word)
			err = report_slot(&repeated->reports[i], &repeated->slots[i], LIMIT_SLOTS + i, now, boot_offset,
					  emit, ctx);
	return err;
}

void suppressed_forget(struct handover *handover, size_t slot)
{
	handover->reports[slot] = (struct limit_report) { 0 };
}

uint64_t suppressed_count(const struct handover *handover)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < LIMIT_SLOTS; i++)
		sum += handover->reports[i].done;
	for (size_t i = 0; i < REPEATED_SLOTS; i++)
		sum += handover->repeated.reports[i].done;
	return sum;
}
