// SPDX-License-Identifier: BSD-2-Clause
#include "suppressed.h"
#include "decode.h"
#include "memory.h"

#include <stdio.h>
#include <string.h>

static bool is_key(const struct limit_key *a, const struct limit_key *b)
{
	return a->uid == b->uid && a->what == b->what && a->module_call == b->module_call && a->error == b->error;
}

/* Of the entry; a free place where that was nothing; NULL: there is none. */
static struct limit_report *find_report(struct memory *memory, const struct limit_key *key)
{
	struct limit_report *unused = NULL;

	for (int i = 0; i < LIMITS_MAX; i++) {
		struct limit_report *report = &memory->reports[i];

		if (is_key(&report->key, key))
			return report;
		if (!report->key.what && !unused)
			unused = report;
	}
	if (unused)
		*unused = (struct limit_report) { .key = *key };
	return unused;
}

static const char *name_of(enum limited what)
{
	switch (what) {
	case LIMITED_REFUSED:
		return "refused";
	case LIMITED_TOOL_EXEC:
		return "tool_exec";
	case LIMITED_MODULE_REQUEST:
		return "module_request";
	}
	return NULL;
}

static int emit_report(const struct limit_report *report, size_t index, uint64_t boot_offset, emit_fn emit, void *ctx)
{
	struct event event = { .kind = EVENT_ATTEMPTS_SUPPRESSED };
	const struct limit_key *key = &report->key;
	bool any = key->uid == LIMIT_ANY_UID;
	char id[48];

	snprintf(id, sizeof(id), "s%llx-%zx", (unsigned long long)report->time, index);
	event.id = text_of(id);
	event.time = number_of(report->time + boot_offset);
	event.what = text_of(name_of(key->what));
	event.count = number_of(report->upto - report->done);
	event.uid = any ? NUMBER_UNKNOWN : number_of(key->uid);
	event.since = number_of(report->since + boot_offset);
	if (key->what == LIMITED_REFUSED) {
		event.syscall.name = text_of(any ? NULL : decode_call_name(key->module_call));
		event.syscall.errno_name = text_of(any ? NULL : strerrorname_np(key->error));
	}
	return emit(ctx, &event);
}

/* A count that is being said is said to its end before it grows: a kill may have come after the line. */
static int report_entry(struct memory *memory, const struct limit_entry *entry, uint64_t now, uint64_t boot_offset,
			emit_fn emit, void *ctx)
{
	struct limit_report *report = find_report(memory, &entry->key);
	int err = 0;

	if (!report)
		return 0; /* the map has as many places */
	for (;;) {
		if (report->upto == report->done) {
			if (entry->limit.suppressed == report->done)
				break;
			report->time = now;
			report->since = entry->limit.began > report->seen ? entry->limit.began : report->seen;
			__atomic_store_n(&report->upto, entry->limit.suppressed, __ATOMIC_RELEASE);
		}
		err = emit_report(report, report - memory->reports, boot_offset, emit, ctx);
		if (err)
			return err;
		__atomic_store_n(&report->done, report->upto, __ATOMIC_RELEASE);
		report->seen = report->time;
	}
	report->seen = now;
	return 0;
}

int suppressed_report(struct memory *memory, const struct limit_entry *entries, size_t count, uint64_t now,
		      uint64_t boot_offset, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = report_entry(memory, &entries[i], now, boot_offset, emit, ctx);
	return err;
}

void suppressed_forget(struct memory *memory, const struct limit_key *key)
{
	*find_report(memory, key) = (struct limit_report) { 0 };
}

uint64_t suppressed_count(const struct memory *memory)
{
	uint64_t sum = 0;

	for (int i = 0; i < LIMITS_MAX; i++)
		sum += memory->reports[i].done;
	return sum;
}
