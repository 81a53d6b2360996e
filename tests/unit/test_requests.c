// SPDX-License-Identifier: BSD-2-Clause
/* Whose request a process serves. */
#include "../../user/calls/requests.h"
#include "events.h"

#include <string.h>

enum { HELPER = 500, STARTED = 77 };

static void note_from(struct events *events, uint32_t user_ns, uint32_t uid, uint64_t time)
{
	struct made made;
	struct record_view view;

	made_sample(&made, RECORD_MODULE_REQUEST, 7, time);
	made.record.header.time = time;
	made.record.header.uid = uid;
	made_subject(&made)->user_ns = user_ns;
	made_finish(&made);
	assert_int_equal(record_view(&made, made.record.header.size, &view), 0);
	requests_note(events->handover, &view);
}

static void note(struct events *events, uint32_t uid, uint64_t time)
{
	note_from(events, INITIAL_USER_NS, uid, time);
}

static uint64_t found(const struct events *events, uint32_t pid, const struct subject *subject)
{
	const struct request *request = NULL;

	if (requests_find(events->handover, pid, subject, &request) != KNOWN)
		assert_null(request);
	return request ? ((const struct record_header *)request->record)->time : 0;
}

static void by_process(void **state)
{
	struct events *events = *state;
	const struct subject helper = { .start_time = STARTED }, later = { .start_time = STARTED + 1 };

	note(events, 1000, 10);
	note(events, 1001, 20);
	assert_int_equal(found(events, HELPER, &helper), 0);
	requests_serve(events->handover, 20, SAMPLE_CPU, HELPER, STARTED);
	assert_int_equal(found(events, HELPER, &helper), 20);
	assert_int_equal(found(events, HELPER + 1, &helper), 0);
	assert_int_equal(found(events, HELPER, &later), 0); /* the pid is another's by now */
	requests_serve(events->handover, 20, SAMPLE_CPU + 1, HELPER + 1, STARTED);
	assert_int_equal(found(events, HELPER + 1, &helper), 0); /* the same time on another CPU */
}

static void by_ancestor(void **state)
{
	struct events *events = *state;
	struct subject child = {
		.start_time = 90,
		.ancestor_count = 2,
		.ancestors = { { .pid = 501, .start_time = 80 }, { .pid = HELPER, .start_time = STARTED } },
	};

	note(events, 1000, 10);
	requests_serve(events->handover, 10, SAMPLE_CPU, HELPER, STARTED);
	assert_int_equal(found(events, 502, &child), 10);
	child.ancestors[1].start_time++;
	assert_int_equal(found(events, 502, &child), 0);
	child.ancestors[1].start_time--;
	child.ancestor_count = UINT8_MAX; /* from a ring that somebody wrote into */
	assert_int_equal(found(events, 502, &child), 10);
	child.ancestor_count = 1;
	assert_int_equal(found(events, 502, &child), 0);
}

/* One user's flood takes the place of his own requests only. */
static void flood(void **state)
{
	struct events *events = *state;
	const struct subject helper = { .start_time = STARTED };

	note(events, 1000, 10);
	requests_serve(events->handover, 10, SAMPLE_CPU, HELPER, STARTED);
	for (uint64_t time = 1000; time < 1000 + 10 * REQUESTS_KEPT; time++)
		note(events, 65534, time);
	assert_int_equal(found(events, HELPER, &helper), 10);
	requests_serve(events->handover, 999 + 10 * REQUESTS_KEPT, SAMPLE_CPU, HELPER + 1, STARTED);
	assert_int_equal(found(events, HELPER + 1, &helper), 999 + 10 * REQUESTS_KEPT);
	requests_serve(events->handover, 1000, SAMPLE_CPU, HELPER + 2, STARTED);
	assert_int_equal(found(events, HELPER + 2, &helper), 0);
}

/* Who has a range of subordinate ids is as many users as he likes, in namespaces of his own: they are one together. */
static void flood_of_users(void **state)
{
	struct events *events = *state;
	const struct subject helper = { .start_time = STARTED };

	for (uint32_t user = 0; user < 10; user++) {
		note(events, 1000 + user, 10 + user);
		requests_serve(events->handover, 10 + user, SAMPLE_CPU, HELPER + user, STARTED);
	}
	for (uint32_t i = 0; i < 10 * REQUESTS_KEPT; i++)
		note_from(events, 5000 + i % 50, 100000 + i, 1000 + i);
	for (uint32_t user = 0; user < 10; user++)
		assert_int_equal(found(events, HELPER + user, &helper), 10 + user);
	note(events, 2000, 9000);
	note_from(events, 5000, 100000, 9001);
	requests_serve(events->handover, 9000, SAMPLE_CPU, HELPER + 10, STARTED);
	assert_int_equal(found(events, HELPER + 10, &helper), 9000);
}

/* From the records to the line, over a kill: the request, the exec, the load. */
static void whole(void **state)
{
	struct events *events = *state;
	struct made made;

	events_sample(events, RECORD_MODULE_REQUEST, 30, 400);
	made_sample(&made, RECORD_TOOL_EXEC, 7, 1000);
	made.record.tool_exec.request_time = 400 + 10 * RECORD_MODULE_REQUEST;
	made.record.tool_exec.request_cpu = SAMPLE_CPU;
	made.record.tool_exec.matched_by = MATCHED_BY_REQUEST;
	events_take(events, &made);
	assert_last(
	    events, 2,
	    "{'kind':'tool_exec','tool':{'matched_by':'request'},'requested_by':{'id':'1a4-3','alias':'net-pf-10',"
	    "'process':{'pid':29,'tid':30,'exe':'/usr/bin/kmod'}}}");
	events_sample(events, RECORD_ATTEMPT, 7, 2000);
	events_restart(events);
	events_sample(events, RECORD_CALL_RETURN, 7, 2000);
	assert_last(events, 3, "{'kind':'module_load','requested_by':{'id':'1a4-3','process':{'pid':29}}}");
}

/* The kernel's child, and no request is known: null, not absent. */
static void unknown(void **state)
{
	struct events *events = *state;
	struct made made;

	made_sample(&made, RECORD_TOOL_EXEC, 7, 1000);
	made_subject(&made)->ancestors[0].is_kthread = 1;
	made_subject(&made)->ancestor_count = 1;
	events_take(events, &made);
	assert_last(events, 1, "{'kind':'tool_exec','requested_by':null}");
}

static enum known known(const struct events *events, const struct subject *subject)
{
	const struct request *request;

	return requests_find(events->handover, HELPER, subject, &request);
}

/* What the kernel side followed from fork to fork needs no living ancestor. */
static void by_descent(void **state)
{
	struct events *events = *state;
	struct subject left = { .request_time = 10, .request_cpu = SAMPLE_CPU };

	note(events, 1000, 10);
	note(events, 1000, 20);
	assert_int_equal(found(events, 700, &left), 10);
	left.request_cpu++; /* that request is not remembered any more: not another's, and not none */
	assert_int_equal(known(events, &left), UNKNOWN);
}

/* The kernel started what it descends from, and nobody knows for what. */
static void by_kernel(void **state)
{
	struct events *events = *state;
	struct subject left = { .request_unknown = 1 };
	struct subject child = {
		.ancestor_count = 2,
		.ancestors = { { .pid = 501, .start_time = 80 }, { .pid = 2, .is_kthread = 1 } },
	};

	assert_int_equal(known(events, &left), UNKNOWN);
	assert_int_equal(known(events, &child), UNKNOWN);
	child.is_kthread = 1;
	assert_int_equal(known(events, &child), ABSENT);
}

/* An orphan of before the start, or of after the chain was cut, may be a request's, unless it is somebody's session. */
static void by_orphan(void **state)
{
	struct events *events = *state;
	const struct subject sample = {
		.start_time = 90,
		.auid = UINT32_MAX,
		.watched_since = 50,
		.ancestor_count = 2,
		.ancestors = { { .pid = 501, .start_time = 60 }, { .pid = 1, .start_time = 1 } },
	};
	struct subject subject = sample;

	assert_int_equal(known(events, &subject), ABSENT);
	subject.watched_since = 70; /* its parent began before, as most of a machine's do */
	assert_int_equal(known(events, &subject), ABSENT);
	subject.watched_since = 95; /* it is old itself, */
	assert_int_equal(known(events, &subject), ABSENT);
	subject.ancestors[0] = subject.ancestors[1]; /* and PID 1 has it */
	subject.ancestor_count = 1;
	assert_int_equal(known(events, &subject), UNKNOWN);
	subject.has_tty = 1;
	assert_int_equal(known(events, &subject), ABSENT);
	subject.has_tty = 0;
	subject.auid = 1000;
	assert_int_equal(known(events, &subject), ABSENT);
	subject.auid = UINT32_MAX;
	subject.cgroup.size = 3;
	assert_int_equal(known(events, &subject), ABSENT);
	subject = sample;
	subject.cut_since = 55;
	assert_int_equal(known(events, &subject), UNKNOWN);
	subject.cut_since = 65; /* its parent began before, and was none's: nor is it */
	assert_int_equal(known(events, &subject), ABSENT);
	subject.ancestors[0] = subject.ancestors[1];
	subject.ancestor_count = 1;
	assert_int_equal(known(events, &subject), UNKNOWN);
	subject.ancestor_count = 0; /* PID 1 itself */
	assert_int_equal(known(events, &subject), ABSENT);
	subject.unread = 1;
	assert_int_equal(known(events, &subject), UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_EVENTS(by_process),     WITH_EVENTS(by_ancestor), WITH_EVENTS(flood),
		WITH_EVENTS(flood_of_users), WITH_EVENTS(whole),       WITH_EVENTS(unknown),
		WITH_EVENTS(by_descent),     WITH_EVENTS(by_kernel),   WITH_EVENTS(by_orphan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
