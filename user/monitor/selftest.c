// SPDX-License-Identifier: BSD-2-Clause
#include "selftest.h"
#include "../cleanup.h"
#include "../options.h"
#include "clock.h"
#include "preflight.h"
#include "traced.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MS 1000000ull
#define FTRACE_OFF "kernel.ftrace_enabled is 0, so it does not run: sysctl kernel.ftrace_enabled=1"

enum {
	ANSWER_MS = 2000,
	AGAIN_MS = 2000, /* while something is wrong */
};

enum phase {
	PHASE_REST,
	PHASE_CANARY, /* waiting for the canary's record */
	PHASE_CALLS,  /* waiting for those of the real calls */
};

struct blindness {
	const char *reason; /* NULL: it sees */
	uint64_t since;	    /* ns since boot: when it was last known to see */
	bool told;
	bool expected; /* it was attached at the start */
};

struct selftest {
	struct probes *probes;
	const struct options *options;
	enum phase phase;
	uint64_t due;	 /* ns since boot: when to go on, or to give up waiting */
	uint64_t nonce;	 /* of the canary that was sent last */
	uint64_t passed; /* when the last test without a fault began */
	bool answered, with_calls;
	enum selftest_state state;
	uint32_t pid; /* ours, as the kernel side sees it */
	uint64_t started;
	uint32_t called; /* bit: a call of this enum module_call was seen */
	struct blindness blind[PROBES_MAX];
};

/* The real calls, and the programs that see them. */
static const struct {
	enum module_call call;
	const char *probe;
} calls[] = {
	{ CALL_INIT_MODULE, "init_module_return" },
	{ CALL_FINIT_MODULE, "finit_module_return" },
	{ CALL_DELETE_MODULE, "delete_module_return" },
};
enum { CALLS = sizeof(calls) / sizeof(calls[0]) };

int selftest_new(struct probes *probes, const struct options *options, struct selftest **out)
{
	struct selftest *selftest = calloc(1, sizeof(*selftest));

	if (!selftest)
		return -ENOMEM;
	*selftest = (struct selftest) {
		.probes = probes,
		.options = options,
		.pid = getpid(),
		.started = clock_boot_ns(),
		.with_calls = true,
		.due = clock_boot_ns(),
		.passed = clock_boot_ns(),
	};
	for (size_t i = 0; i < probes_count(); i++)
		selftest->blind[i].expected = probe_is_attached(probes, i);
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
		return memory_has_reader(probes_memory(selftest->probes), header->pid) &&
		       !strcmp(header->comm, "kmodwatch");
	return selftest->phase == PHASE_CALLS && header->pid == selftest->pid;
}

/* Refused as it should be; anything else would not be the test's. */
static bool takes_call(struct selftest *selftest, const struct call *call)
{
	if (call->ret >= 0 || call->module_seen)
		return false;
	selftest->called |= 1u << call->module_call;
	return true;
}

bool selftest_takes(struct selftest *selftest, const void *bytes)
{
	const union record *record = bytes;

	if (record->header.kind == RECORD_CANARY) {
		if (record->canary.nonce == selftest->nonce && selftest->nonce) {
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

int selftest_due_ms(const struct selftest *selftest)
{
	uint64_t now = clock_boot_ns();

	if (!selftest->options->self_test && selftest->state == SELFTEST_PASSES)
		return -1;
	return now >= selftest->due ? 0 : (int)((selftest->due - now) / MS + 1);
}

enum selftest_state selftest_state(const struct selftest *selftest)
{
	return selftest->state;
}

static void blind(struct selftest *selftest, size_t i, const char *reason)
{
	struct blindness *blindness = &selftest->blind[i];

	if (!blindness->since)
		blindness->since = selftest->passed;
	blindness->reason = reason;
}

static int tell(struct selftest *selftest, size_t i, emit_fn emit, void *ctx)
{
	struct blindness *blindness = &selftest->blind[i];
	struct event event = { .kind = EVENT_MONITOR_BLIND, .probe = text_of(probe_name(i)) };
	int err = 0;

	if (blindness->reason && !blindness->told) {
		event.reason = text_of(blindness->reason);
		err = emit(ctx, &event);
		blindness->told = !err;
	} else if (!blindness->reason && blindness->told) {
		event.kind = EVENT_MONITOR_RECOVERED;
		event.blind_ns = number_of(clock_boot_ns() - blindness->since);
		err = emit(ctx, &event);
		if (!err)
			*blindness = (struct blindness) { .expected = blindness->expected };
	}
	return err;
}

static int tell_all(struct selftest *selftest, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < probes_count(); i++)
		err = tell(selftest, i, emit, ctx);
	return err;
}

static const char *why_silent(void)
{
	return preflight_has_ftrace() ? "a self-test event did not come back within 2 s" : FTRACE_OFF;
}

static bool is_attached(const struct selftest *selftest, const char *name)
{
	for (size_t i = 0; i < probes_count(); i++)
		if (!strcmp(probe_name(i), name))
			return probe_is_attached(selftest->probes, i);
	return false;
}

static void begin(struct selftest *selftest)
{
	selftest->answered = false;
	selftest->nonce = clock_boot_ns();
	if (probes_run_canary(selftest->probes, selftest->nonce))
		selftest->nonce = 0; /* nothing will come, and that is said after the wait */
	selftest->phase = PHASE_CANARY;
	selftest->due = clock_boot_ns() + ANSWER_MS * MS;
}

/* All of them are refused: the arguments are such that they would be even if we had the capability. */
static void make_calls(struct selftest *selftest)
{
	selftest->called = 0;
	syscall(SYS_init_module, NULL, 0, "");
	syscall(SYS_finit_module, -1, "", 0);
	syscall(SYS_delete_module, "", 0);
	selftest->phase = PHASE_CALLS;
	selftest->due = clock_boot_ns() + ANSWER_MS * MS;
}

/* What the kernel's books say of each probe. Returns whether something is suspicious. */
static bool look(struct selftest *selftest)
{
	_cleanup_(traced_freep) struct traced *traced = traced_read();
	bool suspicious = false;

	for (size_t i = 0; i < probes_count(); i++) {
		const char *fault = probe_fault(selftest->probes, i);
		const char *function = probe_function(selftest->probes, i);

		if (!fault && function && traced && !traced_has(traced, function))
			fault = preflight_has_ftrace() ? "the kernel does not list its function as traced any more"
						       : FTRACE_OFF;
		if (!fault && selftest->blind[i].expected && !probe_is_attached(selftest->probes, i))
			fault = "it could not be attached again";
		if (fault)
			blind(selftest, i, fault);
		else
			selftest->blind[i].reason = NULL;
		suspicious |= fault != NULL;
	}
	return suspicious;
}

static bool all_called(const struct selftest *selftest)
{
	for (int i = 0; i < CALLS; i++)
		if (is_attached(selftest, calls[i].probe) && !(selftest->called >> calls[i].call & 1))
			return false;
	return true;
}

static void judge_calls(struct selftest *selftest)
{
	for (size_t i = 0; i < probes_count(); i++)
		for (int c = 0; c < CALLS; c++)
			if (!strcmp(probe_name(i), calls[c].probe) && probe_is_attached(selftest->probes, i) &&
			    !(selftest->called >> calls[c].call & 1))
				blind(selftest, i, why_silent());
}

/* The test is over: says what it found, mends what can be, and plans the next. */
static int conclude(struct selftest *selftest, emit_fn emit, void *ctx)
{
	uint64_t now = clock_boot_ns();
	bool any = false;
	int err;

	if (selftest->with_calls)
		judge_calls(selftest);
	err = tell_all(selftest, emit, ctx);
	for (size_t i = 0; i < probes_count(); i++)
		any |= selftest->blind[i].reason != NULL;
	if (!err && any)
		probes_mend(selftest->probes, selftest->options);
	if (!any)
		selftest->passed = now;
	selftest->with_calls = any;
	selftest->state = any ? SELFTEST_FAILS : SELFTEST_PASSES;
	selftest->phase = PHASE_REST;
	selftest->due = now + (any ? AGAIN_MS * MS : 1000 * MS * selftest->options->self_test);
	return err;
}

static int after_canary(struct selftest *selftest, emit_fn emit, void *ctx)
{
	bool suspicious = look(selftest);

	if (!selftest->answered && probe_is_attached(selftest->probes, probes_count() - 1))
		blind(selftest, probes_count() - 1, why_silent());
	if (!suspicious && selftest->answered && !selftest->with_calls)
		return conclude(selftest, emit, ctx);
	selftest->with_calls = true;
	make_calls(selftest);
	return 0;
}

int selftest_run(struct selftest *selftest, emit_fn emit, void *ctx)
{
	bool late = selftest_due_ms(selftest) == 0;

	switch (selftest->phase) {
	case PHASE_REST:
		if (late)
			begin(selftest);
		break;
	case PHASE_CANARY:
		if (selftest->answered || late)
			return after_canary(selftest, emit, ctx);
		break;
	case PHASE_CALLS:
		if (all_called(selftest) || late)
			return conclude(selftest, emit, ctx);
		break;
	}
	return 0;
}
