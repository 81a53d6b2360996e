// SPDX-License-Identifier: BSD-2-Clause
/* What lines cost whom: each line's bytes are charged once, and what is given back is what the kernel side charged. */
#include "../../user/calls/budget.h"
#include "unit.h"

#include <stdint.h>
#include <string.h>

static struct limit limits[LIMIT_SLOTS];

static uint64_t any(void)
{
	return limits[LIMIT_SUM_ANY].bytes;
}

static uint64_t root(void)
{
	return limits[LIMIT_SUM_ROOT].bytes;
}

static void fresh(uint64_t of_any, uint64_t of_root)
{
	memset(limits, 0, sizeof(limits));
	limits[LIMIT_SUM_ANY].bytes = of_any;
	limits[LIMIT_SUM_ROOT].bytes = of_root;
}

static struct event event_of(enum event_kind kind, uint64_t uid)
{
	return (struct event) { .kind = kind, .process = { .known = KNOWN, .uid = number_of(uid) } };
}

static void whoever_caused_it(void **state)
{
	struct event event = event_of(EVENT_TOOL_EXEC, 1000);

	fresh(0, 0);
	assert_true(budget_charge(limits, &event, 10));
	assert_int_equal(any(), 10);
	event.process.uid = number_of(0);
	assert_false(budget_charge(limits, &event, 100));
	assert_int_equal(root(), 100);
	event.requester = number_of(1000); /* root's modprobe, for another's request */
	assert_true(budget_charge(limits, &event, 5));
	assert_int_equal(any(), 15);
	event.requester = (struct number) { 0 };
	event.process.uid = NUMBER_UNKNOWN;
	assert_true(budget_charge(limits, &event, 1));
	assert_int_equal(any(), 16);
	assert_int_equal(root(), 100);
}

static void what_root_does(void **state)
{
	struct event event = event_of(EVENT_MODULE_LOAD, 0);

	fresh(0, 0);
	event.outcome = text_of("success");
	budget_charge(limits, &event, 10);
	event.kind = EVENT_MODULE_COMING;
	budget_charge(limits, &event, 10);
	assert_int_equal(root(), 0);
	event.kind = EVENT_MODULE_UNLOAD;
	event.outcome = text_of("failure");
	budget_charge(limits, &event, 10);
	assert_int_equal(root(), 10);
	event = event_of(EVENT_MODULE_LOAD, 1000); /* whoever may load and is not root */
	event.outcome = text_of("success");
	budget_charge(limits, &event, 10);
	assert_int_equal(any(), 10);
}

static void counts_and_the_monitors_own(void **state)
{
	struct event event = { .kind = EVENT_ATTEMPTS_SUPPRESSED, .uid = NUMBER_UNKNOWN };

	fresh(0, 0);
	assert_true(budget_charge(limits, &event, 10));
	assert_int_equal(any(), 10);
	event.uid = number_of(0);
	assert_false(budget_charge(limits, &event, 10));
	event = (struct event) { .kind = EVENT_MONITOR_STOP };
	assert_false(budget_charge(limits, &event, 10));
	assert_int_equal(any() + root(), 10);
}

static void given_back(void **state)
{
	static const struct {
		const char *name;
		union record record;
		bool charged;
	} rows[] = {
		{ "refused", { .call_alone = { .header.kind = RECORD_CALL_ALONE, .call.ret = -1 } }, true },
		{ "another's load", { .call_alone = { .header.kind = RECORD_CALL_ALONE } }, false },
		{ "exec", { .tool_exec = { .header.kind = RECORD_TOOL_EXEC } }, true },
		{ "for a request", { .tool_exec = { .header.kind = RECORD_TOOL_EXEC, .request_time = 1 } }, false },
		{ "request", { .module_request = { .header.kind = RECORD_MODULE_REQUEST } }, true },
		{ "counted", { .module_request = { .header.kind = RECORD_MODULE_REQUEST, .suppressed = 1 } }, false },
		{ "return", { .call_return = { .header.kind = RECORD_CALL_RETURN, .call.ret = -1 } }, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		union record record = rows[i].record;
		uint64_t bytes = rows[i].charged ? limit_line_bytes(100) : 0;

		print_message("%s\n", rows[i].name);
		record.header.text_size = 100;
		fresh(10000, 10000);
		budget_refund(limits, &record);
		assert_int_equal(root(), 10000 - bytes);
		record.header.uid = 1000;
		budget_refund(limits, &record);
		assert_int_equal(any(), 10000 - bytes);
		fresh(1, 1);
		budget_refund(limits, &record); /* it was paid off meanwhile */
		assert_int_equal(any(), rows[i].charged ? 0 : 1);
	}
	assert_true(limit_line_bytes(TEXT_AREA + TEXT_MAX) == LIMIT_LINE_MAX);
}

static void over_time(void **state)
{
	fresh(3 * LIMIT_BYTES_ALL - 1, 5 * LIMIT_BYTES_ROOT);
	limits[LIMIT_SUM_ANY].lines = LIMIT_LINES_ALL;
	assert_true(budget_is_spent(limits));
	budget_renew(limits, 1);
	assert_int_equal(any(), 2 * LIMIT_BYTES_ALL - 1);
	assert_int_equal(limits[LIMIT_SUM_ANY].lines, 0);
	assert_true(budget_is_spent(limits));
	budget_renew(limits, 1);
	assert_false(budget_is_spent(limits));
	assert_false(budget_is_whole(limits));
	budget_renew(limits, 1);
	assert_true(budget_is_whole(limits));
	assert_int_equal(root(), 2 * LIMIT_BYTES_ROOT);
	budget_renew(limits, UINT64_MAX / 2);
	assert_int_equal(root(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_caused_it),
		cmocka_unit_test(what_root_does),
		cmocka_unit_test(counts_and_the_monitors_own),
		cmocka_unit_test(given_back),
		cmocka_unit_test(over_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
