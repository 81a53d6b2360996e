// SPDX-License-Identifier: BSD-2-Clause
/* Which loads that fail for requests are only counted, and that each is counted once. */
#include "../../user/calls/repeated.h"
#include "../../user/handover.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct limit limits[LIMIT_SLOTS];
static struct repeated repeated;
static struct handover *handover;

static int setup(void **state)
{
	memset(limits, 0, sizeof(limits));
	memset(&repeated, 0, sizeof(repeated));
	limits[LIMIT_SUM_ANY].bytes = LIMIT_BYTES_ALL;
	handover = calloc(1, sizeof(*handover));
	return handover ? 0 : -1;
}

static int teardown(void **state)
{
	free(handover);
	return 0;
}

static bool takes(enum event_kind kind, const char *name, const char *outcome, struct number requester, uint64_t time)
{
	struct event event = { .kind = kind, .requester = requester };
	struct record_header record = { .kind = RECORD_CALL_RETURN, .time = time };

	event.module.name = text_of(name);
	if (outcome)
		event.outcome = text_of(outcome);
	return repeated_takes(&repeated, &handover->repeated, limits, &event, &record);
}

static bool fails(const char *name, uint64_t uid, uint64_t time)
{
	return takes(EVENT_MODULE_LOAD, name, "failure", number_of(uid), time);
}

static uint64_t counted(size_t slot)
{
	return handover->repeated.slots[slot].suppressed;
}

static void again(void **state)
{
	assert_false(takes(EVENT_MODULE_COMING, "x", NULL, number_of(1000), 1)); /* nobody has seen it fail */
	assert_false(fails("x", 1000, 2));
	assert_true(takes(EVENT_MODULE_COMING, "x", NULL, number_of(1000), 3));
	assert_true(fails("x", 1000, 4));
	assert_int_equal(counted(0), 2);
	assert_int_equal(handover->repeated.slots[0].of.key.uid, 1000);
	assert_false(fails("xy", 1000, 5));
	assert_false(fails("", 1000, 6));
	assert_true(fails("x", 1001, 7));
	assert_int_equal(counted(1), 1);
}

static void never(void **state)
{
	fails("x", 1000, 1);
	assert_false(takes(EVENT_MODULE_LOAD, "x", "success", number_of(1000), 2));
	assert_false(fails("x", 0, 3));							  /* root's request */
	assert_false(takes(EVENT_MODULE_LOAD, "x", "failure", (struct number) { 0 }, 4)); /* no request */
	assert_false(takes(EVENT_MODULE_LOAD, "x", "failure", NUMBER_UNKNOWN, 5));
	assert_false(takes(EVENT_MODULE_UNLOAD, "x", "failure", number_of(1000), 6));
	limits[LIMIT_SUM_ANY].bytes--; /* there is something left */
	assert_false(fails("x", 1000, 7));
	assert_int_equal(counted(0), 0);
}

/* After a kill the record comes again, and may find the count raised or not. */
static void over_a_kill(void **state)
{
	fails("x", 1000, 1);
	assert_true(fails("x", 1000, 2));
	assert_true(fails("x", 1000, 2));
	assert_int_equal(counted(0), 1);
	handover->repeated.slots[0].suppressed = 0; /* it came between the two stores */
	assert_true(fails("x", 1000, 2));
	assert_int_equal(counted(0), 1);
	assert_true(fails("x", 1000, 3));
	assert_int_equal(counted(0), 2);
}

static void many_users(void **state)
{
	uint64_t sum = 0;

	fails("x", 1000, 1);
	for (uint64_t uid = 1; uid <= 3 * REPEATED_USERS; uid++)
		assert_true(fails("x", uid, 10 + uid));
	for (size_t i = 0; i < REPEATED_SLOTS; i++)
		sum += counted(i);
	assert_int_equal(sum, 3 * REPEATED_USERS);
	assert_int_equal(handover->repeated.slots[REPEATED_USERS].of.key.uid, LIMIT_ANY_UID);
	assert_int_equal(counted(REPEATED_USERS), 2 * REPEATED_USERS);
}

static int lines;
static uint64_t said;

static int say(void *ctx, struct event *event)
{
	assert_true(event->what.size == 8 && !memcmp(event->what.bytes, "repeated", 8));
	lines++;
	said += event->count.value;
	return 0;
}

static void told(void **state)
{
	struct suppressed_turn turn = { .most = LIMIT_SLOTS };

	lines = said = 0;
	fails("x", 1000, 1);
	for (uint64_t time = 2; time < 7; time++)
		fails("x", 1000, time);
	assert_int_equal(suppressed_report(handover, limits, &turn, 2000, 0, say, NULL), 0);
	assert_int_equal(suppressed_report(handover, limits, &turn, 3000, 0, say, NULL), 0);
	assert_int_equal(lines, 1);
	assert_int_equal(said, 5);
	assert_int_equal(suppressed_count(handover), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(again, setup, teardown),
		cmocka_unit_test_setup_teardown(never, setup, teardown),
		cmocka_unit_test_setup_teardown(over_a_kill, setup, teardown),
		cmocka_unit_test_setup_teardown(many_users, setup, teardown),
		cmocka_unit_test_setup_teardown(told, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
