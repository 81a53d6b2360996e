// SPDX-License-Identifier: BSD-2-Clause
/* Which call of which thread a record belongs to. */
#include "events.h"

#include <string.h>

enum { TID = 7, ATTEMPT = 100 };

/* The thread's earlier call, whose return was lost, is not this call. */
static void stale(void **state)
{
	static const struct {
		uint64_t time;
		uint32_t cpu;
	} rows[] = { { 1, SAMPLE_CPU }, { 0, SAMPLE_CPU + 1 } };
	struct events *events = *state;
	struct made made;

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t attempt = ATTEMPT + 10 * i;

		events_sample(events, RECORD_ATTEMPT, TID, attempt);
		events_sample(events, RECORD_MODULE_PARAMS, TID, attempt);
		events_sample(events, RECORD_MODULE_COMING, TID, attempt);
		made_sample(&made, RECORD_CALL_RETURN, TID, attempt + rows[i].time);
		made.record.header.attempt_cpu = rows[i].cpu;
		events_take(events, &made);
		assert_last(events, 3,
			    "{'module':{'name':'x_image','params':null},'source':null,'process':" BARE_PROCESS "}");
		/* and it is gone, with a line that says what was known of it */
		events_sample(events, RECORD_CALL_RETURN, TID, attempt);
		assert_int_equal(events->count, 3);
		events_forget(events);
	}
}

static void stale_then_whole(void **state)
{
	struct events *events = *state;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_PARAMS, TID, ATTEMPT);
	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT + 1);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + 1);
	assert_last(events, 2, "{'module':{'name':'x_image','params':null},'process':" WHOLE_PROCESS "}");
}

/* The result was certain, the return was missed: the next call of the thread shows it first. */
static void missed_return_then_next(void **state)
{
	struct events *events = *state;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_PARAMS, TID, ATTEMPT);
	events_sample(events, RECORD_CALL_DONE, TID, ATTEMPT);
	assert_int_equal(events->count, 0);
	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT + 1);
	assert_last(events, 1, "{'kind':'module_load','module':{'params':'a=1 b=2'},'process':" WHOLE_PROCESS "}");
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + 1);
	assert_int_equal(events->count, 2);
}

/* Or its time is over. */
static const uint64_t SECOND = 1000000000;

static void missed_return_flushed(void **state)
{
	struct events *events = *state;
	struct made made;
	bool waiting = false;

	for (uint32_t tid = TID; tid < TID + 2; tid++) {
		events_sample(events, RECORD_ATTEMPT, tid, ATTEMPT);
		made_sample(&made, RECORD_CALL_DONE, tid, ATTEMPT);
		made.record.header.time = tid == TID ? 500 : 1500;
		events_take(events, &made);
	}
	assert_int_equal(correlator_flush(events->correlator, NULL, SECOND + 499, BOOT_OFFSET, &waiting), 0);
	assert_int_equal(events->count, 0);
	assert_true(waiting);
	assert_int_equal(correlator_flush(events->correlator, NULL, SECOND + 500, BOOT_OFFSET, &waiting), 0);
	assert_last(events, 1, "{'kind':'module_load','process':" WHOLE_PROCESS "}");
	assert_true(waiting);
	assert_int_equal(correlator_flush(events->correlator, NULL, UINT64_MAX, BOOT_OFFSET, &waiting), 0);
	assert_int_equal(events->count, 2);
	assert_false(waiting);
	/* a return that does come is the event */
	events_sample(events, RECORD_CALL_DONE, TID, ATTEMPT + 5);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + 5);
	assert_int_equal(events->count, 3);
	assert_int_equal(correlator_flush(events->correlator, NULL, UINT64_MAX, BOOT_OFFSET, &waiting), 0);
	assert_int_equal(events->count, 3);
}

/* Where the caller is slow, the result's line comes before its return, which is no second call; whatever the thread
 * does next is one. */
static void late_return(void **state)
{
	struct events *events = *state;
	struct made made;
	bool waiting;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_FREE, TID, ATTEMPT);
	made_sample(&made, RECORD_CALL_DONE, TID, ATTEMPT);
	made.record.call_return.call.module_call = CALL_DELETE_MODULE;
	events_take(events, &made);
	assert_int_equal(correlator_flush(events->correlator, NULL, UINT64_MAX, BOOT_OFFSET, &waiting), 0);
	assert_last(events, 1, "{'kind':'module_unload','module':{'name':'x'},'process':" WHOLE_PROCESS "}");
	for (int i = 0; i < 2; i++) { /* twice, as after a kill */
		made_sample(&made, RECORD_CALL_RETURN, TID, ATTEMPT);
		made.record.call_return.call.module_call = CALL_DELETE_MODULE;
		events_take(events, &made);
		assert_int_equal(events->count, 1);
	}
	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT + 1);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT + 1);
	assert_last(events, 2, "{'kind':'module_load','process':" WHOLE_PROCESS "}");
}

static void returned_is_closed(void **state)
{
	struct events *events = *state;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT);
	events_sample(events, RECORD_CALL_RETURN, TID, ATTEMPT);
	assert_last(events, 2, "{'process':" BARE_PROCESS "}");
}

/* Three threads of one process, each step of all before the next step of any; the returns the other way round. */
static void interleaved(void **state)
{
	static const enum record_kind steps[] = { RECORD_ATTEMPT, RECORD_MODULE_PARAMS, RECORD_MODULE_COMING,
						  RECORD_CALL_RETURN };
	struct events *events = *state;
	struct made made;

	for (size_t step = 0; step < COUNT(steps); step++) {
		for (int turn = 0; turn < 3; turn++) {
			int thread = steps[step] == RECORD_CALL_RETURN ? 2 - turn : turn;
			char word[] = { 'A' + thread, '\0' };

			made_sample(&made, steps[step], 10 + thread, ATTEMPT);
			if (steps[step] == RECORD_ATTEMPT)
				made.record.attempt.source.path = made_path(&made, word);
			else if (steps[step] == RECORD_MODULE_PARAMS)
				made.record.module_params.params = made_string(&made, word);
			else if (steps[step] == RECORD_MODULE_COMING)
				memcpy(made.record.module.module.name, word, sizeof(word));
			events_take(events, &made);
		}
	}
	assert_int_equal(events->count, 6);
	assert_json(events->events[0],
		    "{'kind':'module_coming','process':{'tid':10},'module':{'name':'A','params':'A'}}");
#define LOAD_OF(letter, tid)                                                                              \
	"{'kind':'module_load','process':{'tid':" tid ",'exe':'/usr/bin/kmod'},'module':{'name':'" letter \
	"','params':'" letter "'},'source':{'path':'/" letter "'}}"
	assert_json(events->events[3], LOAD_OF("C", "12"));
	assert_json(events->events[4], LOAD_OF("B", "11"));
	assert_json(events->events[5], LOAD_OF("A", "10"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_EVENTS(stale),
		WITH_EVENTS(stale_then_whole),
		WITH_EVENTS(missed_return_then_next),
		WITH_EVENTS(missed_return_flushed),
		WITH_EVENTS(late_return),
		WITH_EVENTS(returned_is_closed),
		WITH_EVENTS(interleaved),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
