// SPDX-License-Identifier: BSD-2-Clause
/* The self-test, with probes, rings and a clock of our own. */
#include "../../user/kernel/selftest.h"
#include "../../user/cleanup.h"
#include "../../user/handover.h"
#include "../../user/kernel/preflight.h"
#include "../../user/kernel/probe.h"
#include "../../user/kernel/ring_faults.h"
#include "../../user/kernel/test_calls.h"
#include "../../user/options.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define S 1000000000ull
#define MS 1000000ull

enum { SIZE = 4096 };

/* What the self-test sees of the kernel side. */
struct probes {
	struct handover handover;
	bool detached[PROBES];
	const char *fault[PROBES], *map_fault, *pin_fault[PROBES], *map_pin_fault;
	unsigned int canaries, calls, mended;
	uint64_t nonce;
};

struct test {
	struct probes *probes;
	struct rings rings;
	struct options options;
	struct selftest *selftest;
	uint64_t now;
	char told[512];
};

size_t probes_count(void)
{
	return PROBES;
}

const char *probe_name(size_t i)
{
	return programs[i].name;
}

size_t maps_count(void)
{
	return 1;
}

const char *map_name(size_t i)
{
	return map_names[i];
}

bool probe_is_attached(const struct probes *probes, size_t i)
{
	return !probes->detached[i];
}

const char *probe_fault(const struct probes *probes, size_t i)
{
	return probes->fault[i];
}

const char *map_fault(const struct probes *probes, size_t i)
{
	return i ? NULL : probes->map_fault;
}

const char pin_unknown[] = "its pin cannot be looked at";

const char *probe_pin_fault(const struct probes *probes, size_t i)
{
	return probes->pin_fault[i];
}

const char *map_pin_fault(const struct probes *probes, size_t i)
{
	return i ? NULL : probes->map_pin_fault;
}

const char *probe_function(const struct probes *probes, size_t i)
{
	return NULL;
}

struct handover *probes_handover(const struct probes *probes)
{
	return (struct handover *)&probes->handover;
}

int probes_run_canary(const struct probes *probes, uint64_t nonce)
{
	((struct probes *)probes)->canaries++;
	((struct probes *)probes)->nonce = nonce;
	return 0;
}

int probes_set_tester(const struct probes *probes, bool tests)
{
	((struct probes *)probes)->calls += tests;
	return 0;
}

int probes_mend(struct probes *probes, const struct options *options)
{
	probes->mended++;
	return 0;
}

bool preflight_has_ftrace(void)
{
	return true;
}

static int take(void *ctx, struct event *event)
{
	struct text name = event->map.known ? event->map : event->probe;
	struct test *test = ctx;
	size_t used = strlen(test->told);

	snprintf(test->told + used, sizeof(test->told) - used, "%s%s", event->kind == EVENT_MONITOR_BLIND ? "-" : "+",
		 name.bytes);
	used = strlen(test->told);
	if (event->kind == EVENT_MONITOR_RECOVERED)
		snprintf(test->told + used, sizeof(test->told) - used, ":%llu",
			 (unsigned long long)(event->blind_ns.value / MS));
	strcat(test->told, " ");
	return 0;
}

static void ring_open(struct ring *ring)
{
	int fd = memfd_create("ring", 0);

	assert_int_equal(ftruncate(fd, 2 * sysconf(_SC_PAGESIZE) + 2 * SIZE), 0);
	assert_int_equal(ring_map(ring, fd, SIZE), 0);
}

static void begin(struct test *test)
{
	selftest_freep(&test->selftest);
	assert_int_equal(selftest_new(test->probes, &test->options, &test->rings, test->now, &test->selftest), 0);
}

static int setup(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	test->probes = calloc(1, sizeof(*test->probes));
	test->options.self_test = 30;
	test->now = 1000 * S;
	ring_open(&test->rings.matters);
	ring_open(&test->rings.refused);
	begin(test);
	*state = test;
	return 0;
}

static int teardown(void **state)
{
	struct test *test = *state;

	close(test->rings.matters.fd);
	close(test->rings.refused.fd);
	ring_unmap(&test->rings.matters);
	ring_unmap(&test->rings.refused);
	selftest_freep(&test->selftest);
	free(test->probes);
	free(test);
	return 0;
}

static void run(struct test *test)
{
	assert_int_equal(selftest_run(test->selftest, test->now, take, test), 0);
}

/* Time goes by as the monitor sees it: it comes back when something is due. */
static void wait(struct test *test, uint64_t ns)
{
	uint64_t end = test->now + ns;

	for (;;) {
		int due = selftest_due_ms(test->selftest, test->now);
		uint64_t next = due < 0 ? end : test->now + due * MS;

		if (next >= end)
			break;
		test->now = due ? next : test->now + MS;
		run(test);
	}
	test->now = end;
}

static void answer(struct test *test)
{
	struct canary_record record = { .header = { .kind = RECORD_CANARY, .pid = 77 }, .nonce = test->probes->nonce };

	record.header.time = test->now;
	assert_true(selftest_takes(test->selftest, &record));
	run(test);
}

static struct call_alone_record call_of(const struct test *test, enum module_call call)
{
	struct call_alone_record record = { .header = { .kind = RECORD_CALL_ALONE, .pid = 77 } };

	record.header.time = test->now;
	record.call.module_call = call;
	record.call.ret = -1;
	return record;
}

static void answer_call(struct test *test, enum module_call call)
{
	struct call_alone_record record = call_of(test, call);

	assert_true(selftest_takes(test->selftest, &record));
	run(test);
}

static void answer_calls(struct test *test)
{
	for (int call = CALL_INIT_MODULE; call <= CALL_DELETE_MODULE; call++)
		answer_call(test, call);
}

/* The start's, with all that it asks answered. */
static void first_test(struct test *test)
{
	run(test);
	answer(test);
	answer_calls(test);
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
	assert_int_equal(test->probes->calls, 1);
}

static void assert_told(struct test *test, const char *wanted)
{
	assert_string_equal(test->told, wanted);
	test->told[0] = '\0';
}

/* Calls only at the start. */
static void rests(void **state)
{
	struct test *test = *state;

	first_test(test);
	for (int i = 0; i < 5; i++) {
		wait(test, 30 * S);
		run(test);
		answer(test);
	}
	assert_int_equal(test->probes->canaries, 6);
	assert_int_equal(test->probes->calls, 1);
	assert_told(test, "");
}

/* A canary that another process let loose is no answer of ours, and its calls are not hidden as ours. */
static void anothers_canary(void **state)
{
	struct test *test = *state;
	struct canary_record canary = { .header = { .kind = RECORD_CANARY, .pid = 99 } };
	struct call_alone_record call;

	first_test(test);
	canary.nonce = test->probes->nonce;
	canary.header.time = test->now;
	assert_true(selftest_takes(test->selftest, &canary));
	call = call_of(test, CALL_FINIT_MODULE);
	call.header.pid = 99;
	assert_false(selftest_takes(test->selftest, &call));
}

/* Another monitor's call that is about nothing, and each thing that makes it another. */
static void anothers_call(void **state)
{
	const struct file_id exe = { .inode = 478, .dev = 8 << 20 | 1 }, none = { 0 };
	const struct event call = {
		.kind = EVENT_MODULE_LOAD,
		.empty_call = true,
		.syscall = { .known = KNOWN, .ret = number_of((uint64_t)-1) },
		.process = { .known = KNOWN,
			     .exe_file.dev = text_of("8:1"),
			     .exe_file.inode = number_of(478),
			     .uid = number_of(0) },
	};
	struct event other[] = { call, call, call, call, call, call, call, call };
	struct event elsewhere = call; /* it runs from another file */

	(void)state;
	assert_true(test_call_is(&call, &exe));
	assert_false(test_call_is(&call, &none));
	elsewhere.process.comm = text_of("kmodwatch");
	assert_true(test_call_is(&elsewhere, &none));
	elsewhere.process.comm = text_of("kmodwatch2");
	assert_false(test_call_is(&elsewhere, &none));
	elsewhere.process.comm = text_of("kmodwatch");
	elsewhere.empty_call = false;
	assert_false(test_call_is(&elsewhere, &none));
	other[0].empty_call = false;
	other[1].syscall.ret = number_of(0);
	other[2].syscall.ret = NUMBER_UNKNOWN;
	other[3].process.uid = number_of(1000);
	other[4].process.exe_file.inode = number_of(479);
	other[5].process.exe_file.dev = text_of("8:17");
	other[6].process.exe_file.dev = TEXT_UNKNOWN;
	other[7].process.exe_file.inode = NUMBER_UNKNOWN;
	for (size_t i = 0; i < COUNT(other); i++)
		assert_false(test_call_is(&other[i], &exe));
}

/* The canary's own blindness is told after 2 s, whatever else is still to be asked. */
static void silent_canary(void **state)
{
	struct test *test = *state;

	first_test(test);
	wait(test, 30 * S);
	run(test);
	wait(test, 1990 * MS);
	assert_told(test, "");
	wait(test, 20 * MS);
	assert_told(test, "-canary ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_FAILS);
	answer_calls(test);
	wait(test, 3 * S);
	answer(test);
	assert_told(test, "+canary:35010 ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
}

/* The second test, behind records that nobody reads. Returns where they end. */
static uint64_t ask_behind_records(struct test *test)
{
	uint64_t end = 4096;

	first_test(test);
	wait(test, 30 * S);
	assert_int_equal(pwrite(test->rings.matters.fd, &end, 8, sysconf(_SC_PAGESIZE)), 8);
	run(test);
	return end;
}

/* No answer is expected before what is in front of it was read; but not for ever. */
static void behind_a_backlog(void **state)
{
	struct test *test = *state;
	uint64_t end = ask_behind_records(test);

	wait(test, 10 * S);
	assert_told(test, "");
	assert_between(selftest_due_ms(test->selftest, test->now), 1, 1000);
	answer(test);
	assert_told(test, "");

	wait(test, 30 * S);
	run(test);
	wait(test, 20 * S);
	ring_take(&test->rings.matters, &(struct ring_entry) { .next = end });
	run(test);
	assert_told(test, "-canary ");
}

static struct monitor_touched_record touch_by(const struct test *test, uint32_t pid, uint64_t start)
{
	return (struct monitor_touched_record) {
		.header = { .kind = RECORD_MONITOR_TOUCHED, .pid = pid, .time = test->now },
		.subject.start_time = start,
		.object = OBJECT_MAP,
		.name = "control",
	};
}

/* Who reads, or read, may take what is his in hand; who only has the same number now may not. */
static void touched(void **state)
{
	struct test *test = *state;
	struct monitor_touched_record record;

	handover_set_reader(&test->probes->handover, 70, 5 * S);
	handover_set_reader(&test->probes->handover, 77, 6 * S);
	begin(test);
	handover_set_reader(&test->probes->handover, 78, 6 * S); /* by somebody else, while we read */
	record = touch_by(test, 70, 5 * S);
	assert_true(selftest_takes(test->selftest, &record));
	record = touch_by(test, 77, 6 * S);
	assert_true(selftest_takes(test->selftest, &record));
	record = touch_by(test, 77, 5 * S);
	assert_false(selftest_takes(test->selftest, &record));
	record = touch_by(test, 78, 6 * S);
	assert_false(selftest_takes(test->selftest, &record));
	record = touch_by(test, 77, 6 * S);
	memcpy(record.name, "tools", sizeof("tools")); /* that one is not opened before it is said who reads */
	assert_false(selftest_takes(test->selftest, &record));
}

/* A stranger's touch brings the next test forward. */
static void touched_is_looked_at(void **state)
{
	struct test *test = *state;
	struct monitor_touched_record record;

	first_test(test);
	assert_between(selftest_due_ms(test->selftest, test->now), 20000, 30001);
	record = touch_by(test, 78, 6);
	assert_false(selftest_takes(test->selftest, &record));
	assert_between(selftest_due_ms(test->selftest, test->now), 1000, 2001);
	test->probes->fault[PROBE_process_exec] = "replaced";
	wait(test, 2100 * MS);
	answer(test);
	assert_told(test, "-process_exec ");
}

static void ring_moved(void **state)
{
	struct test *test = *state;

	first_test(test);
	test->rings.matters.moved = true;
	assert_int_equal(selftest_due_ms(test->selftest, test->now), 0);
	run(test);
	answer(test);
	assert_told(test, "-ring ");
	assert_false(test->rings.matters.moved);
	answer_calls(test);
	wait(test, 3 * S);
	answer(test);
	assert_told(test, "+ring:3000 ");
}

static int count_lost(void *ctx, struct event *event)
{
	unsigned int *count = ctx;

	assert_int_equal(event->kind, EVENT_EVENTS_LOST);
	assert_int_equal(event->count.known, UNKNOWN);
	(*count)++;
	return 0;
}

/* What is gone is told once, of the two that hold records. */
static void ring_overrun(void **state)
{
	struct test *test = *state;
	struct ring images = { .moved = true, .overrun = true };
	const char *found[MAPS] = { NULL };
	unsigned int count = 0;

	test->rings.images = &images;
	test->rings.refused.moved = test->rings.refused.overrun = true;
	assert_true(ring_faults_any(&test->rings));
	ring_faults_take(&test->rings, found);
	assert_false(ring_faults_any(&test->rings));
	assert_null(found[MAP_RING]);
	assert_non_null(strstr(found[MAP_REFUSED_RING], "written over"));
	assert_non_null(strstr(found[MAP_IMAGE_RING], "written over"));
	assert_int_equal(ring_faults_tell(&test->rings, count_lost, &count), 0);
	assert_int_equal(ring_faults_tell(&test->rings, count_lost, &count), 0);
	assert_int_equal(count, 1);
}

static void stuck(void **state)
{
	struct test *test = *state;

	ask_behind_records(test);
	wait(test, 31 * S);
	assert_told(test, "");
	wait(test, 2 * S);
	assert_told(test, "-canary ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_FAILS);
}

/* Late or not, a call of our own is nobody's attempt. */
static void late_call(void **state)
{
	struct test *test = *state;
	struct call_alone_record record;

	run(test);
	answer(test);
	wait(test, 3 * S);
	assert_told(test, "-init_module_return -finit_module_return -delete_module_return ");
	record = call_of(test, CALL_INIT_MODULE);
	assert_true(selftest_takes(test->selftest, &record));
	record.header.pid = 78;
	assert_false(selftest_takes(test->selftest, &record));
}

/* Where there is no canary, the books are looked at all the same, and calls are made at the start only. */
static void no_canary(void **state)
{
	struct test *test = *state;

	test->probes->detached[PROBE_canary] = true;
	begin(test);
	run(test);
	run(test);
	for (int call = CALL_INIT_MODULE; call <= CALL_DELETE_MODULE; call++) {
		struct call_alone_record record = call_of(test, call);

		record.header.pid = getpid();
		assert_true(selftest_takes(test->selftest, &record));
	}
	run(test);
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
	wait(test, 95 * S);
	assert_int_equal(test->probes->canaries, 0);
	assert_int_equal(test->probes->calls, 1);
	assert_told(test, "");
	test->probes->fault[PROBE_init_module_return] = "gone";
	wait(test, 28 * S);
	assert_int_equal(test->probes->calls, 5); /* one, and again where nothing was seen */
	assert_told(test, "-init_module_return -finit_module_return -delete_module_return ");
}

/* What stays wrong is no new suspicion, and is told once. */
static void one_suspicion(void **state)
{
	struct test *test = *state;

	first_test(test);
	test->probes->map_fault = "its pin was removed";
	wait(test, 30 * S);
	run(test);
	answer(test);
	assert_told(test, "-ring ");
	answer_calls(test);
	for (int i = 0; i < 3; i++) {
		wait(test, 2010 * MS);
		answer(test);
	}
	assert_int_equal(test->probes->calls, 2);
	assert_int_equal(test->probes->mended, 4);
	assert_told(test, "");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_FAILS);
	test->probes->map_fault = NULL;
	wait(test, 2010 * MS);
	answer(test);
	assert_told(test, "+ring:38040 ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
}

/* Without its pins it sees: that is told, and is no blindness. Where it can see no more, that is told besides. */
static void out_of_reach(void **state)
{
	struct test *test = *state;

	first_test(test);
	test->probes->map_pin_fault = "its pin was removed";
	test->probes->pin_fault[PROBE_canary] = "its pin was removed";
	wait(test, 30 * S);
	run(test);
	answer(test);
	assert_told(test, "-canary -ring ");
	answer_calls(test);
	assert_int_equal(selftest_state(test->selftest), SELFTEST_UNPINNED);
	wait(test, 2010 * MS);
	wait(test, 2010 * MS); /* no answer */
	assert_told(test, "-canary ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_FAILS);
	answer_calls(test);
	wait(test, 2010 * MS);
	answer(test);
	assert_told(test, "");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_UNPINNED);
	test->probes->map_pin_fault = test->probes->pin_fault[PROBE_canary] = NULL;
	wait(test, 2010 * MS);
	answer(test);
	assert_non_null(strstr(test->told, "+canary:"));
	assert_non_null(strstr(test->told, "+ring:"));
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
	test->told[0] = '\0';
}

/* A pin that this process cannot look at: another might, so the watchdog may end it. */
static void unknown_pin(void **state)
{
	struct test *test = *state;

	first_test(test);
	test->probes->map_pin_fault = pin_unknown;
	wait(test, 30 * S);
	run(test);
	answer(test);
	answer_calls(test);
	assert_told(test, "-ring ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_FAILS);
}

/* A call's probe that was silent is well again when it has seen a call. */
static void silent_call(void **state)
{
	struct test *test = *state;

	run(test);
	answer(test);
	answer_call(test, CALL_INIT_MODULE);
	answer_call(test, CALL_DELETE_MODULE);
	wait(test, 2010 * MS);
	assert_told(test, "-finit_module_return ");
	wait(test, 2010 * MS);
	answer(test);
	assert_told(test, "");
	answer_calls(test);
	assert_told(test, "+finit_module_return:4020 ");
}

/* A call that was skipped is made again, the others are not. */
static void skipped_call(void **state)
{
	struct test *test = *state;

	run(test);
	answer(test);
	answer_call(test, CALL_INIT_MODULE);
	answer_call(test, CALL_DELETE_MODULE);
	wait(test, 600 * MS);
	assert_int_equal(test->probes->calls, 2);
	answer_call(test, CALL_FINIT_MODULE);
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
	assert_told(test, "");
}

/* What one monitor told, the next one takes back; what it found and did not tell, the next one tells. */
static void over_a_restart(void **state)
{
	struct test *test = *state;

	first_test(test);
	test->probes->fault[PROBE_canary] = "its link is gone";
	wait(test, 30 * S);
	run(test);
	answer(test);
	assert_told(test, "-canary ");
	answer_calls(test);
	test->probes->fault[PROBE_canary] = NULL;
	test->probes->handover.seen = test->now;
	wait(test, 10 * S);
	begin(test);
	handover_set_blind(&test->probes->handover, PROBE_finit_module_return,
			   "its link was gone when the monitor started", test->probes->handover.seen);
	run(test);
	answer(test);
	assert_told(test, "-finit_module_return ");
	answer_calls(test);
	assert_told(test, "+canary:40000 ");
	wait(test, 2010 * MS);
	answer(test);
	answer_calls(test);
	assert_told(test, "+finit_module_return:12010 ");
	assert_int_equal(selftest_state(test->selftest), SELFTEST_PASSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rests, setup, teardown),
		cmocka_unit_test_setup_teardown(anothers_canary, setup, teardown),
		cmocka_unit_test_setup_teardown(silent_canary, setup, teardown),
		cmocka_unit_test_setup_teardown(behind_a_backlog, setup, teardown),
		cmocka_unit_test_setup_teardown(stuck, setup, teardown),
		cmocka_unit_test_setup_teardown(touched, setup, teardown),
		cmocka_unit_test_setup_teardown(touched_is_looked_at, setup, teardown),
		cmocka_unit_test_setup_teardown(ring_moved, setup, teardown),
		cmocka_unit_test_setup_teardown(ring_overrun, setup, teardown),
		cmocka_unit_test_setup_teardown(late_call, setup, teardown),
		cmocka_unit_test(anothers_call),
		cmocka_unit_test_setup_teardown(no_canary, setup, teardown),
		cmocka_unit_test_setup_teardown(one_suspicion, setup, teardown),
		cmocka_unit_test_setup_teardown(out_of_reach, setup, teardown),
		cmocka_unit_test_setup_teardown(unknown_pin, setup, teardown),
		cmocka_unit_test_setup_teardown(silent_call, setup, teardown),
		cmocka_unit_test_setup_teardown(skipped_call, setup, teardown),
		cmocka_unit_test_setup_teardown(over_a_restart, setup, teardown),
	};

	return cmocka_run_group_tests_name("selftest", tests, NULL, NULL);
}
