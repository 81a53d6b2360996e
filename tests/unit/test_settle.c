// SPDX-License-Identifier: BSD-2-Clause
/* How an attempt ends whose return does not come: each arrow of the drawing in settle.c. */
#include "../../user/handover.h"
#include "events.h"

#include <string.h>

enum { TID = 7, ATTEMPT = 100 };

static const uint64_t SECOND = 1000000000;

/* Whom else is asked. */
struct others {
	bool left, live;
};

static bool has_left(void *ctx, uint32_t tid)
{
	const struct others *others = ctx;

	return tid == TID && others->left;
}

static bool is_live(void *ctx, const char *module)
{
	const struct others *others = ctx;

	assert_string_equal(module, "x");
	return others->live;
}

static bool flush(struct events *events, struct others *others, uint64_t now)
{
	const struct witnesses witnesses = { has_left, is_live, others };
	bool waiting;

	assert_int_equal(correlator_flush(events->correlator, &witnesses, now, BOOT_OFFSET, &waiting), 0);
	return waiting;
}

static void send_end(struct events *events, enum record_kind kind, enum call_end end, uint64_t attempt)
{
	struct made made;

	made_sample(&made, kind, TID, attempt);
	made.record.call_return.call.end = end;
	events_take(events, &made);
}

/* OPEN -- its thread is in no such call any more: twice seen, a second apart, and sysfs has the word. */
static void abandoned(void **state)
{
	static const struct {
		bool live;
		const char *expected;
	} rows[] = {
		{ true, "{'kind':'module_load','outcome':'success','settled_by':'sysfs','syscall':{'ret':null},"
			"'module':{'name':'x','state':'live'},'process':" WHOLE_PROCESS "}" },
		{ false, "{'kind':'module_load','outcome':null,'settled_by':'@absent','syscall':{'ret':null,"
			 "'errno':'@absent'},'module':{'name':'x','state':null},'process':" WHOLE_PROCESS "}" },
	};
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct others others = { .live = rows[i].live };
		uint64_t attempt = ATTEMPT + i * 1000 * SECOND, now = attempt + 2 * SECOND;

		events_sample(events, RECORD_ATTEMPT, TID, attempt);
		events_sample(events, RECORD_MODULE_COMING, TID, attempt);
		assert_int_equal(events->count, 1);
		assert_true(flush(events, &others, now)); /* it is under way */
		others.left = true;
		assert_true(flush(events, &others, now + SECOND));
		assert_int_equal(events->count, 1);
		assert_false(flush(events, &others, now + 2 * SECOND));
		assert_last(events, 2, rows[i].expected);
		/* SETTLED: what comes of it now is no second line */
		send_end(events, RECORD_CALL_DONE, END_SUCCESS, attempt);
		send_end(events, RECORD_CALL_RETURN, END_RETURNED, attempt);
		assert_int_equal(events->count, 2);
		events_forget(events);
	}
}

/* KNOWN by what the kernel notified: it waits for the return as long as the thread is in the call. */
static void notified(void **state)
{
	struct others others = { 0 };
	struct events *events = *state;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_COMING, TID, ATTEMPT);
	send_end(events, RECORD_CALL_DONE, END_SUCCESS, ATTEMPT);
	assert_true(flush(events, &others, 5 * SECOND));
	assert_int_equal(events->count, 1);
	others.left = true;
	for (int s = 6; s < 9; s++)
		flush(events, &others, s * SECOND);
	assert_last(events, 2,
		    "{'kind':'module_load','outcome':'success','settled_by':'notifier','syscall':{'ret':null},"
		    "'module':{'name':'x','state':'live'}}");
}

/* And not for ever. */
static void notified_and_stuck(void **state)
{
	struct others others = { 0 };
	struct events *events = *state;

	events_sample(events, RECORD_MODULE_COMING, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_FREE, TID, ATTEMPT);
	send_end(events, RECORD_CALL_DONE, END_FAILURE, ATTEMPT);
	assert_true(flush(events, &others, 29 * SECOND));
	assert_int_equal(events->count, 1);
	assert_false(flush(events, &others, 31 * SECOND));
	assert_last(events, 2,
		    "{'kind':'module_load','outcome':'failure','stage':'init','settled_by':'notifier',"
		    "'syscall':{'ret':null,'errno':null},'module':{'name':'x'}}");
}

/* OPEN -- another call of its thread begins: never with that call's number. */
static void overtaken(void **state)
{
	struct events *events = *state;
	struct made made;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_COMING, TID, ATTEMPT);
	made_sample(&made, RECORD_CALL_ALONE, TID, ATTEMPT + 500);
	made.record.header.time = ATTEMPT + 500;
	events_take(events, &made);
	assert_int_equal(events->count, 3);
	assert_json(events->events[1], "{'kind':'module_load','id':'64-3','outcome':null,'syscall':{'ret':null},"
				       "'module':{'name':'x'}}");
	assert_last(events, 3, "{'kind':'module_load','outcome':'failure','stage':'refused','syscall':{'ret':-1}}");
}

/* A load in whose midst its thread makes the kernel ask for a module, as an init does or the look at a signature, goes
 * on. */
static void requests_meanwhile(void **state)
{
	struct events *events = *state;
	struct made made;

	events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT);
	events_sample(events, RECORD_MODULE_COMING, TID, ATTEMPT);
	made_sample(&made, RECORD_MODULE_REQUEST, TID, ATTEMPT + 500);
	made.record.header.time = ATTEMPT + 500;
	events_take(events, &made);
	assert_last(events, 2, "{'kind':'module_request'}");
	send_end(events, RECORD_CALL_RETURN, END_RETURNED, ATTEMPT);
	assert_last(events, 3, "{'kind':'module_load','outcome':'success','syscall':{'ret':0},'module':{'name':'x'}}");
}

/* The kernel side itself found out that the return was skipped, and says what it knows. */
static void settled_below(void **state)
{
	static const struct {
		enum call_end end;
		const char *expected;
	} rows[] = {
		{ END_SUCCESS, "{'outcome':'success','settled_by':'notifier','syscall':{'ret':null}}" },
		{ END_FAILURE, "{'outcome':'failure','settled_by':'notifier','syscall':{'ret':null,'errno':null}}" },
		{ END_UNSEEN, "{'outcome':null,'syscall':{'ret':null}}" },
	};
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		events_sample(events, RECORD_ATTEMPT, TID, ATTEMPT + i);
		send_end(events, RECORD_CALL_RETURN, rows[i].end, ATTEMPT + i);
		assert_last(events, 1, rows[i].expected);
		events_forget(events);
	}
}

/* That it came was not seen: what the kernel notified is all there is. */
static void live_only(void **state)
{
	struct others others = { .left = true };
	struct events *events = *state;

	events_sample(events, RECORD_MODULE_LIVE, TID, ATTEMPT);
	assert_int_equal(events->count, 0);
	for (int s = 2; s < 6; s++)
		flush(events, &others, s * SECOND);
	assert_last(events, 1,
		    "{'kind':'module_load','outcome':'success','settled_by':'notifier','syscall':{'name':null,"
		    "'ret':null},'module':{'name':'x','state':'live'},'process':" BARE_PROCESS "}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_EVENTS(abandoned),		 WITH_EVENTS(notified),	     WITH_EVENTS(notified_and_stuck),
		WITH_EVENTS(overtaken),		 WITH_EVENTS(settled_below), WITH_EVENTS(live_only),
		WITH_EVENTS(requests_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
