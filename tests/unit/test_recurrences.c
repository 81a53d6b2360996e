// SPDX-License-Identifier: BSD-2-Clause
/* Which loads that fail again are only counted: never one that differs, never a success, and each exactly once. */
#include "../../user/calls/recurrences.h"
#include "../../user/clock.h"
#include "../../user/output/text.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t SECOND = NS_PER_S;

enum { SAID_MAX = 32 };

static struct kept_recurrences kept;
static struct recurrences recurrences;
static char said[SAID_MAX][64];
static size_t says;

static int say(void *ctx, struct event *event)
{
	char *to = said[says++ % SAID_MAX];

	(void)ctx;
	if (event->kind == EVENT_ATTEMPTS_SUPPRESSED)
		snprintf(to, sizeof(said[0]), "%.*s %llu %.*s", (int)event->module.name.size, event->module.name.bytes,
			 (unsigned long long)event->count.value, (int)event->syscall.errno_name.size,
			 event->syscall.errno_name.bytes);
	else
		snprintf(to, sizeof(said[0]), "%s %.*s", event->kind == EVENT_MODULE_COMING ? "coming" : "load",
			 (int)event->id.size, event->id.bytes);
	return 0;
}

static int setup(void **state)
{
	memset(&kept, 0, sizeof(kept));
	recurrences_open(&recurrences, &kept);
	says = 0;
	return 0;
}

static int teardown(void **state)
{
	recurrences_close(&recurrences);
	return 0;
}

/* What is special of an attempt; the rest is always the same. */
struct attempt_of {
	const char *error, *sha256, *params, *comm, *kind;
	bool no_hash;
	struct number requester;
	uint64_t uid, pid;
};

/* Returns whether it was taken. time: of the record, which is the attempt's too. */
static bool happens(enum event_kind kind, uint64_t attempt, uint64_t time, struct attempt_of of)
{
	struct event event = { .kind = kind, .requester = of.requester };
	struct record_header record = { .kind = RECORD_CALL_RETURN, .time = time, .attempt_time = attempt, .tid = 7 };
	struct fact fact = { .record = &record, .time = time, .event = &event };
	char id[24];
	bool taken;

	snprintf(id, sizeof(id), "%llu", (unsigned long long)(time / SECOND));
	event.id = text_of(id);
	event.time = event.boot_ns = number_of(time);
	event.module.known = event.process.known = KNOWN;
	event.module.name = text_of("edac");
	event.module.params = text_of(of.params ? of.params : "");
	event.process.uid = number_of(of.uid);
	event.process.pid = number_of(of.pid ? of.pid : time);
	event.process.comm = text_of(of.comm ? of.comm : "(udev-worker)");
	if (kind == EVENT_MODULE_LOAD) {
		event.outcome = text_of(of.error ? "failure" : "success");
		event.stage = of.error ? text_of("init") : (struct text) { 0 };
		event.syscall.known = event.source.known = KNOWN;
		event.syscall.name = text_of("finit_module");
		event.syscall.errno_name = of.error ? text_of(of.error) : (struct text) { 0 };
		event.syscall.duration_ns = number_of(time / 3);
		event.source.kind = text_of(of.kind ? of.kind : "file");
		event.source.sha256 = of.no_hash ? TEXT_UNKNOWN : text_of(of.sha256 ? of.sha256 : "5eed");
	}
	assert_int_equal(recurrences_take(&recurrences, &fact, time, say, NULL, &taken), 0);
	if (!taken) {
		assert_int_equal(say(NULL, &event), 0);
		recurrences_note(&recurrences, &fact);
	}
	return taken;
}

#define NODEV ((struct attempt_of) { .error = "ENODEV" })

static bool fails(uint64_t second, struct attempt_of of)
{
	return happens(EVENT_MODULE_LOAD, second * SECOND, second * SECOND, of);
}

static void minute(void **state)
{
	assert_false(fails(1, NODEV));
	for (uint64_t second = 2; second <= 40; second++)
		assert_true(fails(second, NODEV));
	assert_int_equal(says, 1);
	assert_int_equal(recurrences_check(&recurrences, 61 * SECOND - 1, true, say, NULL), 0);
	assert_int_equal(recurrences_check(&recurrences, 61 * SECOND, false, say, NULL), 0); /* some may still come */
	assert_int_equal(says, 1);
	assert_int_equal(recurrences_due_ms(&recurrences, 61 * SECOND), 0);
	assert_int_equal(recurrences_check(&recurrences, 61 * SECOND, true, say, NULL), 0);
	assert_int_equal(says, 2);
	assert_string_equal(said[1], "edac 39 ENODEV");
	assert_int_equal(recurrences_due_ms(&recurrences, 61 * SECOND), -1);
	assert_false(fails(62, NODEV));
	assert_false(fails(130, NODEV)); /* and of that there was only one: nothing is counted */
	assert_int_equal(says, 4);
}

/* The minute ends by the records' times, though nobody looked. */
static void next_minute(void **state)
{
	assert_false(fails(1, NODEV));
	assert_true(fails(60, NODEV));
	assert_false(fails(61, NODEV));
	assert_string_equal(said[1], "edac 1 ENODEV");
	assert_string_equal(said[2], "load 61");
}

static void differs(void **state)
{
	static const struct attempt_of others[] = {
		{ .error = "ENOEXEC" },
		{ .error = "ENODEV", .sha256 = "bad" },
		{ .error = "ENODEV", .params = "x=1" },
		{ .error = "ENODEV", .comm = "insmod" },
		{ .error = "ENODEV", .uid = 1 },
		{ .error = NULL },
	};

	assert_false(fails(1, NODEV));
	for (size_t i = 0; i < COUNT(others); i++)
		if (fails(2 + i, others[i]))
			fail_msg("row %zu is only counted", i);
	assert_true(fails(20, NODEV));
}

static void never(void **state)
{
	static const struct attempt_of never[] = {
		{ .error = NULL },
		{ .error = "ERESTARTSYS" },
		{ .error = "EINTR" },
		{ .error = "ENOMEM" },
		{ .error = "ENODEV", .kind = "memory", .no_hash = true },
		{ .error = "ENODEV", .requester = { .known = KNOWN, .value = 1000 } },
		{ .error = "ENODEV", .requester = { .known = UNKNOWN } },
	};

	for (size_t i = 0; i < COUNT(never); i++)
		for (uint64_t second = 1; second <= 3; second++)
			if (fails(10 * i + second, never[i]))
				fail_msg("row %zu is only counted", i);
}

/* Of udev's workers that load one module at once, one gets to its init, and the others get these. */
static void at_once(void **state)
{
	static const struct attempt_of exists = { .error = "EEXIST" }, busy = { .error = "EBUSY" };

	assert_false(fails(1, NODEV));
	assert_false(fails(2, busy));
	assert_true(fails(3, busy));
	assert_false(fails(4, exists));
	assert_true(fails(5, exists));
	assert_false(fails(6, (struct attempt_of) { .error = NULL }));
	assert_true(fails(7, exists));
	assert_int_equal(recurrences_finish(&recurrences, false, say, NULL), 0);
	assert_string_equal(said[4], "edac 1 EBUSY");
	assert_string_equal(said[5], "edac 2 EEXIST");
}

/* As those of a compressed module do. */
static void from_memory(void **state)
{
	static const struct attempt_of memory = { .error = "ENODEV", .kind = "memory" };

	assert_false(fails(1, memory));
	assert_true(fails(2, memory));
}

/* After a kill the record comes again, and may find the count raised or not. */
static void over_a_kill(void **state)
{
	assert_false(fails(1, NODEV));
	assert_true(fails(2, NODEV));
	recurrences_open(&recurrences, &kept);
	assert_true(fails(2, NODEV));
	assert_int_equal(kept.list[0].count, 1);
	kept.list[0].count = 0; /* it came between the two stores */
	assert_true(fails(2, NODEV));
	assert_int_equal(kept.list[0].count, 1);
	assert_int_equal(recurrences_finish(&recurrences, true, say, NULL), 0);
	assert_int_equal(says, 1);
	assert_int_equal(recurrences_finish(&recurrences, false, say, NULL), 0);
	assert_string_equal(said[1], "edac 1 ENODEV");
}

static bool comes(uint64_t second)
{
	return happens(EVENT_MODULE_COMING, second * SECOND, second * SECOND, NODEV);
}

static bool ends(uint64_t second, struct attempt_of of)
{
	return happens(EVENT_MODULE_LOAD, second * SECOND, second * SECOND + 1, of);
}

static void comings(void **state)
{
	assert_false(comes(1));
	assert_false(ends(1, NODEV));
	assert_true(comes(2));
	assert_true(ends(2, NODEV));
	assert_int_equal(says, 2);
	assert_true(comes(3));
	assert_false(ends(3, (struct attempt_of) { .error = NULL })); /* this time it succeeds */
	assert_string_equal(said[2], "coming 3");
	assert_string_equal(said[3], "load 3");
	assert_true(comes(4)); /* and now it does not come to an end */
	assert_int_equal(recurrences_due_ms(&recurrences, 4 * SECOND), HELD_MS + 1);
	assert_int_equal(recurrences_check(&recurrences, 4 * SECOND + ms(HELD_MS), false, say, NULL), 0);
	assert_string_equal(said[4], "coming 4");
	assert_true(ends(4, NODEV));
	assert_true(comes(5));
	assert_int_equal(recurrences_finish(&recurrences, true, say, NULL), 0);
	assert_string_equal(said[5], "coming 5");
	assert_int_equal(kept.list[0].count, 2);
}

/* More at a time than are held, and more causes than are kept: all that is too much is shown. */
static void no_room(void **state)
{
	char sha256[SAID_MAX];
	size_t held = 0;

	assert_false(comes(1));
	assert_false(ends(1, NODEV));
	for (uint64_t second = 2; second < 2 + HELD_MAX + 4; second++)
		held += comes(second);
	assert_int_equal(held, HELD_MAX);
	for (size_t i = 0; i < RECURRENCES_MAX + 4; i++) {
		snprintf(sha256, sizeof(sha256), "%zu", i);
		assert_false(fails(30, (struct attempt_of) { .error = "ENODEV", .sha256 = sha256 }));
	}
	assert_false(fails(31, (struct attempt_of) { .error = "ENODEV", .sha256 = sha256 }));
	assert_true(fails(31, NODEV));
}

#define FRESH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(minute),	    FRESH(next_minute), FRESH(differs), FRESH(never),	FRESH(at_once),
		FRESH(from_memory), FRESH(over_a_kill), FRESH(comings), FRESH(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
