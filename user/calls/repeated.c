// SPDX-License-Identifier: BSD-2-Clause
#include "repeated.h"
#include "../output/text.h"
#include "budget.h"

#include <string.h>

static const uint64_t PAUSE_NS = 2000000000; /* as in the kernel side */

static bool is_named(const char *name, const struct text *text)
{
	return strnlen(name, MODULE_NAME_SIZE) == text->size && !memcmp(name, text->bytes, text->size);
}

static bool has_failed(const struct repeated *repeated, const struct text *name)
{
	for (size_t i = 0; i < FAILED_KEPT; i++)
		if (is_named(repeated->failed[i], name))
			return true;
	return false;
}

static void note_failure(struct repeated *repeated, const struct text *name)
{
	char *kept = repeated->failed[repeated->count++ % FAILED_KEPT];

	memset(kept, 0, MODULE_NAME_SIZE);
	memcpy(kept, name->bytes, name->size);
}

/* The user's slot, which may be new. */
static size_t slot_of(struct repeated_counts *counts, uint32_t uid)
{
	size_t i = 0;

	while (i < REPEATED_USERS && counts->slots[i].of.word && counts->slots[i].of.key.uid != uid)
		i++;
	counts->slots[i].of.key =
	    (struct limit_key) { .uid = i < REPEATED_USERS ? uid : LIMIT_ANY_UID, .what = LIMITED_REPEATED };
	return i;
}

/* The count is set, not raised: the same record sets it to the same again. */
static void count(struct repeated_counts *counts, uint32_t uid, const struct record_header *record)
{
	struct limit *slot;

	if (counts->time != record->time || counts->cpu != record->cpu || counts->kind != record->kind) {
		__atomic_store_n(&counts->time, 0, __ATOMIC_RELEASE);
		counts->slot = slot_of(counts, uid);
		counts->count = counts->slots[counts->slot].suppressed + 1;
		counts->cpu = record->cpu;
		counts->kind = record->kind;
		__atomic_store_n(&counts->time, record->time, __ATOMIC_RELEASE);
	}
	slot = &counts->slots[counts->slot];
	if (!slot->began || record->time >= slot->last + PAUSE_NS)
		slot->began = record->time;
	slot->last = record->time;
	__atomic_store_n(&slot->suppressed, counts->count, __ATOMIC_RELEASE);
}

bool repeated_takes(struct repeated *repeated, struct repeated_counts *counts, const struct limit *limits,
		    const struct event *event, const struct record_header *record)
{
	const struct text *name = &event->module.name;
	bool coming = event->kind == EVENT_MODULE_COMING;
	bool failed = event->kind == EVENT_MODULE_LOAD && text_is(&event->outcome, "failure");

	if ((!coming && !failed) || name->known != KNOWN || !name->size || name->size > MODULE_NAME_SIZE)
		return false;
	if (!has_failed(repeated, name)) {
		if (failed)
			note_failure(repeated, name);
		return false;
	}
	if (event->requester.known != KNOWN || !event->requester.value || !budget_is_spent(limits))
		return false;
	count(counts, event->requester.value, record);
	return true;
}
