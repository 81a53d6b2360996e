// SPDX-License-Identifier: BSD-2-Clause
#include "budget.h"
#include "../output/json.h"
#include "../output/text.h"

_Static_assert((int)LIMIT_LINE_MAX >= (int)LINE_MOST, "a line may have more bytes than are charged for it");

static struct limit *sum_of(struct limit *limits, const struct number *uid)
{
	return &limits[uid->known == KNOWN && uid->value == 0 ? LIMIT_SUM_ROOT : LIMIT_SUM_ANY];
}

/* Whoever made the kernel do it, else who did it; NULL: nobody in particular. */
static const struct number *causer_of(const struct event *event)
{
	if (event->requester.known == KNOWN)
		return &event->requester;
	if (event->process.known == KNOWN)
		return &event->process.uid;
	return event->kind == EVENT_ATTEMPTS_SUPPRESSED ? &event->uid : NULL;
}

/* Of root's lines only those of a kind that is limited: what he loads takes nothing from what else he does. */
static bool counts_for_root(const struct event *event)
{
	switch (event->kind) {
	case EVENT_TOOL_EXEC:
	case EVENT_MODULE_REQUEST:
		return true;
	case EVENT_MODULE_LOAD:
	case EVENT_MODULE_UNLOAD:
		return text_is(&event->outcome, "failure");
	default:
		return false;
	}
}

bool budget_charge(struct limit *limits, const struct event *event, uint64_t bytes)
{
	const struct number *uid = causer_of(event);
	struct limit *sum = uid ? sum_of(limits, uid) : NULL;
	bool root = sum == &limits[LIMIT_SUM_ROOT];

	if (sum && (!root || counts_for_root(event)))
		__atomic_fetch_add(&sum->bytes, bytes, __ATOMIC_RELAXED);
	return sum && !root;
}

/* Never below 0: what the kernel side charged may have been paid off meanwhile. */
static void take_off(struct limit *sum, uint64_t bytes)
{
	uint64_t old = __atomic_load_n(&sum->bytes, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(&sum->bytes, &old, old > bytes ? old - bytes : 0, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

static bool was_charged(const union record *record)
{
	switch (record->header.kind) {
	case RECORD_CALL_ALONE:
		return record->call_alone.call.ret != 0;
	case RECORD_TOOL_EXEC:
		return !record->tool_exec.request_time && !record->tool_exec.subject.request_time;
	case RECORD_MODULE_REQUEST:
		return !record->module_request.suppressed;
	default:
		return false;
	}
}

void budget_refund(struct limit *limits, const union record *record)
{
	struct number uid = number_of(record->header.uid);

	if (was_charged(record))
		take_off(sum_of(limits, &uid), limit_line_bytes(record->header.text_size));
}

void budget_renew(struct limit *limits, uint64_t periods)
{
	for (size_t i = LIMIT_SUM_ANY; i <= LIMIT_SUM_ROOT; i++) {
		uint64_t each = i == LIMIT_SUM_ANY ? LIMIT_BYTES_ALL : LIMIT_BYTES_ROOT;

		take_off(&limits[i], periods < UINT32_MAX ? each * periods : UINT64_MAX);
		__atomic_store_n(&limits[i].lines, 0, __ATOMIC_RELAXED);
	}
}

bool budget_is_whole(const struct limit *limits)
{
	return !__atomic_load_n(&limits[LIMIT_SUM_ANY].bytes, __ATOMIC_RELAXED);
}

bool budget_is_spent(const struct limit *limits)
{
	return __atomic_load_n(&limits[LIMIT_SUM_ANY].bytes, __ATOMIC_RELAXED) >= LIMIT_BYTES_ALL;
}
