// SPDX-License-Identifier: BSD-2-Clause
#include "selftest.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../options.h"
#include "file_id.h"
#include "test_calls.h"
#include "preflight.h"
#include "probe.h"
#include "ring_faults.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	ANSWER_MS = 2000,
	RETRY_MS = 500,	  /* of a call that was not seen, until then */
	STUCK_MS = 30000, /* what is before the answer cannot be read */
	LOOK_MS = 100,	  /* at whether it has been read meanwhile */
	AGAIN_MS = 2000,  /* while something is wrong */
};

enum phase {
	PHASE_REST,
	PHASE_CANARY, /* waiting for the canary's record */
	PHASE_CALLS,  /* waiting for those of the real calls */
};

struct selftest {
	struct probes *probes;
	const struct options *options;
	struct rings *rings;
	struct readers readers; /* as it was when we began: the memory can be written by others */
	struct faults faults;
	enum phase phase;
	uint64_t due, retry;	/* ns since boot: when to go on, or to give up waiting; when to call again */
	struct rings_mark mark; /* what was asked has its answer before */
	uint64_t nonce;		/* of the canary that was sent last */
	uint64_t began;		/* this test */
	uint64_t passed;	/* when the last test without a fault began */
	bool asked, answered;
	bool first, called_all; /* the first test; the calls are part of this one */
	enum selftest_state state;
	uint32_t pid; /* ours, as the kernel side sees it */
	uint64_t started;
	struct file_id exe; /* that we run from; inode 0: not known */
	uint32_t called;    /* bit: a call of this enum module_call was seen */
};

int selftest_new(struct probes *probes, const struct options *options, struct rings *rings, uint64_t now,
		 struct selftest **out)
{
	struct handover *handover = probes_handover(probes);
	struct selftest *selftest = calloc(1, sizeof(*selftest));

	if (!selftest)
		return -ENOMEM;
	*selftest = (struct selftest) {
		.probes = probes,
		.options = options,
		.rings = rings,
		.readers = handover->readers,
		.pid = getpid(),
		.started = now,
		.first = true,
		.due = now,
		.passed = handover->seen ? handover->seen : now,
	};
	file_id_read("/proc/self/exe", &selftest->exe);
	faults_init(&selftest->faults, probes);
	*out = selftest;
	return 0;
}

void selftest_freep(struct selftest **selftest)
{
	free(*selftest);
	*selftest = NULL;
}

/* Made by this process for the test, or left on the ring by one before it. */
static bool is_own(const struct selftest *selftest, const struct record_header *header)
{
	if (header->time < selftest->started)
		return readers_have(&selftest->readers, header->pid, 0) && !strcmp(header->comm, "kmodwatch");
	return header->pid == selftest->pid;
}

/* Refused as it should be; anything else would not be the test's. */
static bool takes_call(struct selftest *selftest, const struct call *call)
{
	if (call->ret >= 0 || call->module_seen)
		return false;
	selftest->called |= 1u << call->module_call;
	return true;
}

/* A monitor that starts opens these before it can say who it is (takeover.c); all else only when it has. */
static bool is_opened_first(const struct monitor_touched_record *record)
{
	return record->object == OBJECT_MAP && (!strncmp(record->name, map_name(MAP_CONTROL), OBJECT_NAME_SIZE) ||
						!strncmp(record->name, map_name(MAP_HANDOVER), OBJECT_NAME_SIZE));
}

/* What somebody does with what he has in his hands now is to be seen soon. */
static bool takes_touch(struct selftest *selftest, const struct monitor_touched_record *record)
{
	uint64_t soon = record->header.time + ms(AGAIN_MS);

	if (is_opened_first(record) && readers_have(&selftest->readers, record->header.pid, record->subject.start_time))
		return true;
	if (selftest->options->self_test && selftest->phase == PHASE_REST && selftest->due > soon)
		selftest->due = soon;
	return false;
}

bool selftest_takes(struct selftest *selftest, const void *bytes)
{
	const union record *record = bytes;

	if (record->header.kind == RECORD_MONITOR_TOUCHED)
		return takes_touch(selftest, &record->monitor_touched);

	if (record->header.kind == RECORD_CANARY) {
		if (record->canary.nonce == selftest->nonce && selftest->nonce && !selftest->answered) {
			selftest->answered = true;
			selftest->pid = record->header.pid; /* in the initial namespace: ours may be another */
		}
		return true;
	}
	if (!is_own(selftest, &record->header))
		return false;
	switch (record->header.kind) {
	case RECORD_ATTEMPT: /* delete_module's, where we have the capability: the other calls do not get so far */
		return record->attempt.module_call == CALL_DELETE_MODULE;
	case RECORD_CALL_RETURN:
		return takes_call(selftest, &record->call_return.call);
	case RECORD_CALL_ALONE:
		return takes_call(selftest, &record->call_alone.call);
	}
	return false;
}

bool selftest_knows(const struct selftest *selftest, const struct event *event)
{
	return test_call_is(event, &selftest->exe);
}

/* The answer had its time, and is not among what was read since. */
static bool is_late(const struct selftest *selftest, uint64_t now)
{
	return now >= selftest->due && rings_passed(selftest->rings, &selftest->mark);
}

/* Nor will it be: a ring that nobody gets to the end of is as good as none. */
static bool is_stuck(const struct selftest *selftest, uint64_t now)
{
	return now >= selftest->due + ms(STUCK_MS) && !rings_passed(selftest->rings, &selftest->mark);
}

int selftest_due_ms(const struct selftest *selftest, uint64_t now)
{
	if (selftest->phase == PHASE_REST && ring_faults_any(selftest->rings))
		return 0;
	if (!selftest->options->self_test && selftest->phase == PHASE_REST && selftest->state == SELFTEST_PASSES)
		return -1;
	if (selftest->phase == PHASE_CALLS && now < selftest->due)
		return now < selftest->retry ? ms_until(selftest->retry, now) : LOOK_MS;
	if (now < selftest->due)
		return ms_until(selftest->due, now);
	return selftest->phase == PHASE_REST || is_late(selftest, now) || is_stuck(selftest, now) ? 0 : LOOK_MS;
}

enum selftest_state selftest_state(const struct selftest *selftest)
{
	return selftest->state;
}

/* ---- asking */

static void begin(struct selftest *selftest, uint64_t now)
{
	faults_clear(&selftest->faults);
	selftest->answered = selftest->called_all = false;
	selftest->began = selftest->nonce = now;
	selftest->asked = probe_is_attached(selftest->probes, PROBE_canary);
	if (selftest->asked && probes_run_canary(selftest->probes, selftest->nonce))
		selftest->nonce = 0; /* nothing will come, and that is said after the wait */
	selftest->mark = rings_mark(selftest->rings);
	selftest->phase = PHASE_CANARY;
	selftest->due = selftest->asked ? now + ms(ANSWER_MS) : now;
}

static bool is_missing_call(const struct selftest *selftest, int call)
{
	return probe_is_attached(selftest->probes, test_calls[call].probe) &&
	       !(selftest->called >> test_calls[call].call & 1);
}

/* 7.x skips a program in whose midst another thread was preempted, and anyone can be there: so more than once. */
static void make_calls(struct selftest *selftest, uint64_t now)
{
	probes_set_tester(selftest->probes, true);
	for (int c = 0; c < TEST_CALLS; c++)
		if (is_missing_call(selftest, c))
			test_call_make(test_calls[c].call);
	probes_set_tester(selftest->probes, false);
	selftest->mark = rings_mark(selftest->rings);
	selftest->retry = now + ms(RETRY_MS);
}

static void begin_calls(struct selftest *selftest, uint64_t now)
{
	selftest->called = 0;
	selftest->called_all = true;
	selftest->phase = PHASE_CALLS;
	selftest->due = now + ms(ANSWER_MS);
	make_calls(selftest, now);
}

/* ---- judging */

static const char *why_silent(const struct selftest *selftest, uint64_t now)
{
	if (is_stuck(selftest, now))
		return "what came before the self-test's event cannot be read, so nothing behind it is seen";
	return preflight_has_ftrace() ? "a self-test event did not come back within 2 s" : ftrace_off;
}

/*
 * Real calls may be recorded by auditd: so they are made at the start, where something new is wrong, and to see whether
 * what sees calls is well again.
 */
static bool wants_calls(const struct selftest *selftest)
{
	const struct faults *faults = &selftest->faults;
	bool wanted = selftest->first;

	for (size_t i = 0; i < SIGHTS_MAX; i++) {
		wanted |= faults_are_news(faults, i);
		wanted |=
		    fault_is_of_calls(i) && faults->blind[i].since && !faults->found[i] && !faults->found[PROBE_canary];
	}
	return wanted;
}

static bool all_called(const struct selftest *selftest)
{
	for (int i = 0; i < TEST_CALLS; i++)
		if (is_missing_call(selftest, i))
			return false;
	return true;
}

static void judge_calls(struct selftest *selftest, uint64_t now)
{
	for (int c = 0; c < TEST_CALLS; c++)
		if (is_missing_call(selftest, c))
			faults_find(&selftest->faults, test_calls[c].probe, why_silent(selftest, now));
}

static void note_worst(struct selftest *selftest, bool with_told)
{
	enum selftest_state worst = faults_worst(&selftest->faults, with_told);

	if (worst > selftest->state)
		selftest->state = worst;
}

/* The test is over: mends what can be mended, and plans the next. */
static int conclude(struct selftest *selftest, uint64_t now, emit_fn emit, void *ctx)
{
	bool any;
	int err;

	if (selftest->called_all)
		judge_calls(selftest, now);
	err = faults_tell(&selftest->faults, selftest->passed, emit, ctx);
	if (!err)
		err = faults_tell_mended(&selftest->faults, selftest->called_all, now, emit, ctx);
	selftest->state = SELFTEST_PASSES;
	note_worst(selftest, true);
	any = selftest->state != SELFTEST_PASSES;
	if (!err && any)
		probes_mend(selftest->probes, selftest->options);
	if (!any)
		selftest->passed = selftest->began;
	selftest->first = false;
	selftest->phase = PHASE_REST;
	selftest->due = now + (any ? ms(AGAIN_MS) : (uint64_t)NS_PER_S * selftest->options->self_test);
	return err;
}

static int after_canary(struct selftest *selftest, uint64_t now, emit_fn emit, void *ctx)
{
	bool calls_wanted;
	int err;

	faults_look(&selftest->faults, selftest->rings);
	if (selftest->asked && !selftest->answered)
		faults_find(&selftest->faults, PROBE_canary, why_silent(selftest, now));
	calls_wanted = wants_calls(selftest);
	err = faults_tell(&selftest->faults, selftest->passed, emit, ctx);
	note_worst(selftest, false);
	if (!err)
		err = ring_faults_tell(selftest->rings, emit, ctx);
	if (err || !calls_wanted)
		return err ? err : conclude(selftest, now, emit, ctx);
	begin_calls(selftest, now);
	return 0;
}

int selftest_run(struct selftest *selftest, uint64_t now, emit_fn emit, void *ctx)
{
	bool over = is_late(selftest, now) || is_stuck(selftest, now);

	switch (selftest->phase) {
	case PHASE_REST:
		if (selftest_due_ms(selftest, now) == 0)
			begin(selftest, now);
		break;
	case PHASE_CANARY:
		if (selftest->answered || over)
			return after_canary(selftest, now, emit, ctx);
		break;
	case PHASE_CALLS:
		if (all_called(selftest) || over)
			return conclude(selftest, now, emit, ctx);
		if (now >= selftest->retry && now < selftest->due && rings_passed(selftest->rings, &selftest->mark))
			make_calls(selftest, now);
		break;
	}
	return 0;
}
