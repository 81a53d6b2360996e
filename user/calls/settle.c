// SPDX-License-Identifier: BSD-2-Clause
/*
 * How an attempt ends on this side, and who says so:
 *
 *   OPEN -- return ----------------------------------> its line, CLOSED
 *    |  `-- the result, before the return --> KNOWN -- return --> its line, CLOSED
 *    |                                          `-- 1 s without it --> its line, SETTLED
 *    |-- another call of its thread begins ----------> a line with what is known (ret is null), CLOSED
 *    `-- its thread is in no such call any more -----> the same, with what sysfs says, SETTLED
 *   SETTLED -- return, or anything else of it -------> nothing
 *
 * SETTLED is remembered across a restart, since a kill can bring the same records twice.
 */
#include "settle.h"
#include "call_line.h"

#include <errno.h>
#include <string.h>

/* What is known without a return, as a record of one. */
static struct call_return_record unseen_return(const struct open_attempt *open)
{
	const struct attempt_record *attempt = open->attempt;
	const struct module_record *module = open->module;
	struct call_return_record record = { 0 };

	if (attempt)
		record.header = attempt->header;
	else if (module)
		record.header = module->header;
	record.header.time = record.header.attempt_time; /* the name of the attempt: no other line has it */
	record.header.cpu = record.header.attempt_cpu;
	record.header.kind = RECORD_CALL_RETURN;
	record.header.size = sizeof(record);
	record.header.text_size = 0;
	record.call = (struct call) {
		.end = END_UNSEEN,
		.params = { .state = SPAN_UNKNOWN },
		.params_copied = open->params != NULL,
		.module_seen = module != NULL,
		.read_done = open->signature != NULL || open->params != NULL,
		.appended = open->signature ? APPENDED_SIGNATURE : APPENDED_UNKNOWN,
	};
	if (attempt)
		record.call.module_call = attempt->module_call;
	if (!module)
		return record;
	if (module->header.kind == RECORD_MODULE_LIVE)
		record.call.end = END_SUCCESS;
	else if (module->header.kind == RECORD_MODULE_FREE)
		record.call.end = record.call.module_call == CALL_DELETE_MODULE ? END_SUCCESS : END_FAILURE;
	return record;
}

/* Remembered between the line and the end of what is kept, so that a kill repeats the line at most, by the same id. */
static int settle(struct correlator *correlator, struct open_attempt *open, const void *record, const char *settled_by,
		  uint64_t boot_offset)
{
	struct handover *handover = correlator->attempts.handover;
	struct record_view view = attempt_kept(record);
	int err = 0;

	if (!handover_is_settled(handover, &view.record->header)) {
		err = call_line(correlator, &view, open, settled_by, boot_offset);
		if (!err)
			handover_set_settled(handover, &view.record->header);
	}
	if (!err)
		attempts_close(&correlator->attempts, open);
	return err;
}

static const char *who_says(const struct call_return_record *record)
{
	return record->call.end == END_RETURNED ? NULL : "notifier";
}

int settle_stale(struct correlator *correlator, struct open_attempt *open, uint64_t boot_offset)
{
	struct call_return_record unseen;

	if (open->done)
		return settle(correlator, open, open->done, who_says(open->done), boot_offset);
	if (!open->attempt && !open->module) { /* parameters of a call of which nothing else came */
		attempts_close(&correlator->attempts, open);
		return 0;
	}
	unseen = unseen_return(open);
	return settle(correlator, open, &unseen, unseen.call.end == END_UNSEEN ? NULL : "notifier", boot_offset);
}

/* ---- what time tells */

/* So many threads are asked after in a second, when there are more the others' turn comes later. */
enum { ASKED_MAX = 256 };

static const uint64_t PATIENCE_NS = 1000000000, NOTIFIED_PATIENCE_NS = 30000000000;

struct search {
	const struct witnesses *witnesses;
	struct asking *asking;
	uint64_t now;
	struct open_attempt *known, *abandoned; /* the first of each */
	bool waiting;
};

/* Each once a second, or less often. */
static bool may_ask(const struct search *search, struct open_attempt *open)
{
	struct asking *asking = search->asking;

	if (search->now >= asking->since + PATIENCE_NS) {
		asking->since = search->now;
		asking->round += asking->asked < ASKED_MAX; /* all of the round before had their turn */
		asking->asked = 0;
	}
	if (open->asked_in == asking->round || asking->asked >= ASKED_MAX)
		return false;
	open->asked_in = asking->round;
	asking->asked++;
	return true;
}

/* Seen twice, with all that was in the rings read in between: a return may be on its way. */
static bool has_left(const struct search *search, struct open_attempt *open)
{
	const struct witnesses *witnesses = search->witnesses;

	if (!witnesses || search->now < open->time + PATIENCE_NS || !may_ask(search, open))
		return false;
	if (!witnesses->has_left_call(witnesses->ctx, open->tid)) {
		open->left_at = 0;
		return false;
	}
	if (!open->left_at)
		open->left_at = search->now;
	return search->now >= open->left_at + PATIENCE_NS;
}

/*
 * Its end is certain, and its return has not come. With the result mostly microseconds are between them. What was only
 * notified can take longer to return: an unload some RCU grace periods.
 */
static bool is_overdue(const struct search *search, struct open_attempt *open)
{
	const struct call_return_record *done = open->done;
	bool result = done->call.end == END_RETURNED;

	return search->now >= done->header.time + (result ? PATIENCE_NS : NOTIFIED_PATIENCE_NS) ||
	       has_left(search, open);
}

static void look(struct open_attempt *open, void *ctx)
{
	struct search *search = ctx;

	if (!open->done && !open->attempt && !open->module)
		return;
	if (open->done ? is_overdue(search, open) : has_left(search, open))
		*(open->done ? &search->known : &search->abandoned) = open;
	else
		search->waiting = true;
}

static int settle_abandoned(struct correlator *correlator, struct open_attempt *open, const struct witnesses *witnesses,
			    uint64_t boot_offset)
{
	struct call_return_record unseen = unseen_return(open);
	const struct module_record *module = open->module;
	const char *settled_by = unseen.call.end == END_UNSEEN ? NULL : "notifier";

	if (module && !settled_by && witnesses->is_live(witnesses->ctx, module->module.name)) {
		unseen.call.end = END_SUCCESS;
		settled_by = "sysfs";
	}
	return settle(correlator, open, &unseen, settled_by, boot_offset);
}

int correlator_flush(struct correlator *correlator, const struct witnesses *witnesses, uint64_t now,
		     uint64_t boot_offset, bool *waiting)
{
	struct search search;
	int err = 0;

	correlator->boot_offset = correlator->load_details.boot_offset = boot_offset;
	do {
		search = (struct search) { .witnesses = witnesses, .asking = &correlator->asking, .now = now };
		attempts_walk(&correlator->attempts, look, &search);
		if (search.known)
			err = settle(correlator, search.known, search.known->done, who_says(search.known->done),
				     boot_offset);
		else if (search.abandoned)
			err = settle_abandoned(correlator, search.abandoned, witnesses, boot_offset);
	} while (!err && (search.known || search.abandoned));
	*waiting = search.waiting;
	return err;
}
