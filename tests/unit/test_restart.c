// SPDX-License-Identifier: BSD-2-Clause
/* A monitor that is killed, and the one after it, which goes on with what the first kept in memory. */
#include "../../user/handover.h"
#include "events.h"

#include <string.h>

enum { TID = 7, ATTEMPT = 1000 };

static const enum record_kind call[] = { RECORD_ATTEMPT, RECORD_MODULE_PARAMS, RECORD_MODULE_COMING, RECORD_CALL_DONE };

static size_t used(const struct handover *handover)
{
	size_t count = 0;

	for (int i = 0; i < SLOTS; i++)
		count += handover->slots[i].used;
	return count;
}

/* Wherever the kill comes, the line of the return is the same. */
static void a_kill_anywhere(void **state)
{
	struct events *events = *state;

	for (size_t kill = 0; kill <= COUNT(call); kill++) {
		for (size_t i = 0; i < COUNT(call); i++) {
			if (i == kill)
				events_restart(events);
			events_sample(events, call[i], TID, ATTEMPT + kill);
		}
		if (kill == COUNT(call))
			events_restart(events);
		events_forget(events);
		events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + kill);
		assert_last(events, 1,
			    "{'kind':'module_load','module':{'name':'x','params':'a=1 b=2'},'source':{'kind':'file'},"
			    "'process':" WHOLE_PROCESS "}");
		assert_int_equal(used(events->handover), 0);
		events_forget(events);
	}
}

/* A return that was missed is made up for by the next monitor. */
static void missed_return(void **state)
{
	struct events *events = *state;
	bool waiting;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_CALL_DONE, TID, ATTEMPT);
	events_restart(events);
	assert_int_equal(correlator_flush(events->correlator, NULL, UINT64_MAX, BOOT_OFFSET, &waiting), 0);
	assert_last(events, 1, "{'kind':'module_load','process':" WHOLE_PROCESS "}");
	assert_int_equal(used(events->handover), 0);
}

/* The line was written without the return, which comes to the next monitor: it knows, wherever the kill came. */
static void late_return(void **state)
{
	struct events *events = *state;
	struct record_view view;
	struct made made;
	bool waiting;

	for (int kept = 0; kept < 2; kept++) { /* whether the kill came before the call's records were dropped */
		events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT + kept);
		events_sample(events, RECORD_CALL_DONE, TID, ATTEMPT + kept);
		assert_int_equal(correlator_flush(events->correlator, NULL, UINT64_MAX, BOOT_OFFSET, &waiting), 0);
		assert_int_equal(events->count, 1);
		made_sample(&made, RECORD_CALL_DONE, TID, ATTEMPT + kept);
		assert_int_equal(record_view(&made, made_finish(&made), &view), 0);
		if (kept)
			assert_non_null(handover_keep(events->handover, &view));
		events_restart(events);
		assert_int_equal(correlator_flush(events->correlator, NULL, UINT64_MAX, BOOT_OFFSET, &waiting), 0);
		events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + kept);
		assert_int_equal(events->count, 1);
		assert_int_equal(used(events->handover), 0);
		events_forget(events);
	}
}

/* A kill after a new copy was made, before the old one was dropped. */
static void two_copies(void **state)
{
	struct events *events = *state;
	struct record_view view;
	struct made made;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	made_sample(&made, RECORD_ATTEMPT, TID, ATTEMPT);
	made.record.header.time++;
	made.record.attempt.source.inode = 4711;
	assert_int_equal(record_view(&made, made_finish(&made), &view), 0);
	assert_non_null(handover_keep(events->handover, &view));
	assert_int_equal(used(events->handover), 2);
	events_restart(events);
	assert_int_equal(used(events->handover), 1);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT);
	assert_last(events, 1, "{'source':{'inode':4711}}");
}

/* Two calls of one thread: the earlier was over when the later began. */
static void another_call_of_the_thread(void **state)
{
	struct events *events = *state;
	struct record_view view;
	struct made made;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT + 10);
	made_sample(&made, RECORD_MODULE_PARAMS, TID, ATTEMPT);
	assert_int_equal(record_view(&made, made_finish(&made), &view), 0);
	assert_non_null(handover_keep(events->handover, &view));
	events_restart(events);
	assert_int_equal(used(events->handover), 1);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + 10);
	assert_last(events, 1, "{'process':" WHOLE_PROCESS "}");
}

/* What is no record is given back, and harms nobody. */
static void garbage(void **state)
{
	struct events *events = *state;

	for (int i = 0; i < SLOTS; i++) {
		memset(events->handover->slots[i].record, i * 7, RECORD_MAX);
		events->handover->slots[i].used = 1;
	}
	events_restart(events);
	assert_int_equal(used(events->handover), 0);
	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT);
	assert_last(events, 1, "{'process':" WHOLE_PROCESS "}");
}

/* More calls at once than there is room for: those in excess are remembered as long as the monitor lives. */
static void no_room(void **state)
{
	enum { CALLS = SLOTS + 20 };
	struct events *events = *state;

	for (uint32_t tid = 1; tid <= CALLS; tid++)
		events_sample(events, RECORD_ATTEMPT, tid, ATTEMPT);
	assert_int_equal(used(events->handover), SLOTS);
	for (uint32_t tid = 1; tid <= CALLS; tid++) {
		events_forget(events);
		events_sample(events, RECORD_CALL_RETURN, tid, ATTEMPT);
		assert_last(events, 1, "{'process':{'exe':'/usr/bin/kmod'}}");
	}
	assert_int_equal(used(events->handover), 0);
}

static void last_record(void **state)
{
	struct handover *handover = ((struct events *)*state)->handover;
	struct record_header header = { .time = 5, .cpu = 1, .kind = RECORD_CALL_RETURN };

	assert_false(handover_is_last(handover, &header));
	handover_set_last(handover, &header);
	assert_true(handover_is_last(handover, &header));
	header.cpu = 2;
	assert_false(handover_is_last(handover, &header));
}

static void readers(void **state)
{
	struct handover *handover = ((struct events *)*state)->handover;

	assert_int_equal(handover_reader(handover), 0);
	for (uint32_t pid = 100; pid < 100 + 2 * RUNS_KEPT; pid++) {
		handover_set_reader(handover, pid, 1000 + pid);
		handover_set_reader(handover, pid, 1001 + pid); /* the same, known better */
		assert_int_equal(handover_reader(handover), pid);
	}
	assert_true(readers_have(&handover->readers, 100 + RUNS_KEPT, 0));
	assert_true(readers_have(&handover->readers, 100 + RUNS_KEPT, 1100 + RUNS_KEPT));
	assert_false(
	    readers_have(&handover->readers, 100 + RUNS_KEPT, 2 * START_NS)); /* a number can be another's by now */
	assert_false(readers_have(&handover->readers, 99 + RUNS_KEPT, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_EVENTS(a_kill_anywhere), WITH_EVENTS(missed_return),
		WITH_EVENTS(two_copies),      WITH_EVENTS(another_call_of_the_thread),
		WITH_EVENTS(garbage),	      WITH_EVENTS(no_room),
		WITH_EVENTS(last_record),     WITH_EVENTS(readers),
		WITH_EVENTS(late_return),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
