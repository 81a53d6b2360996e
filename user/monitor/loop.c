// SPDX-License-Identifier: BSD-2-Clause
#include "loop.h"
#include "../audit/watch.h"
#include "../calls/budget.h"
#include "../calls/capture.h"
#include "../calls/correlate.h"
#include "../calls/settle.h"
#include "../calls/images.h"
#include "../calls/thread.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../handover.h"
#include "../kernel/probe.h"
#include "../kernel/probes.h"
#include "../kernel/selftest.h"
#include "../modules/inventory.h"
#include "../modules/modules.h"

#include <errno.h>
#include <poll.h>

/* How often is looked whether a call that is under way has ended unseen. */
enum { RETURN_MS = 1000 };

/* Records between two looks at everything else: under a flood too there is an end to it. */
enum { BATCH = 4096 };

/* --- what comes from the rings --- */

int loop_emit(void *ctx, struct event *event)
{
	struct monitor *monitor = ctx;
	uint64_t before = monitor->stream.bytes;
	int err = stream_emit(&monitor->stream, event);

	if (!err && budget_charge(probes_limits(monitor->probes), event, monitor->stream.bytes - before))
		limit_period_wake(&monitor->limits, clock_boot_ns());
	return err;
}

/* Somebody has it repeated so often that it is only counted. */
static bool is_repeated(struct monitor *monitor, const struct fact *fact)
{
	if (!repeated_takes(&monitor->repeated, &monitor->handover->repeated, probes_limits(monitor->probes),
			    fact->event, fact->record))
		return false;
	limit_period_wake(&monitor->limits, clock_boot_ns());
	return true;
}

static int show(struct monitor *monitor, const struct fact *fact)
{
	bool taken;
	int err;

	if (handover_is_last(monitor->handover, fact->record) || /* it was written before a kill */
	    selftest_knows(monitor->selftest, fact->event) || is_repeated(monitor, fact))
		return 0;
	err = recurrences_take(&monitor->recurrences, fact, clock_boot_ns(), loop_emit, monitor, &taken);
	if (err || taken)
		return err;
	err = loop_emit(monitor, fact->event);
	if (!err)
		recurrences_note(&monitor->recurrences, fact);
	return err;
}

int loop_take_fact(void *ctx, const struct fact *fact)
{
	struct monitor *monitor = ctx;
	int err = fact->event ? show(monitor, fact) : 0;

	if (err)
		return err;
	if (fact->event)
		handover_set_last(monitor->handover, fact->record);
	return modules_note(monitor->modules, fact, clock_boot_ns());
}

static bool may_be_limited(const union record *record)
{
	switch (record->header.kind) {
	case RECORD_CALL_ALONE:
	case RECORD_TOOL_EXEC:
	case RECORD_MODULE_REQUEST:
		return true;
	}
	return false;
}

/*
 * What somebody did: more may come of it than its line. A tool that was executed does nothing by that: the look at the
 * policy and at what got lost, a fifth of all that its line costs, waits for what it does, or for the minute's end.
 */
static int take_event(struct monitor *monitor, const union record *record, size_t size)
{
	int err;

	if (record->header.kind != RECORD_TOOL_EXEC) {
		policy_watch_wake(&monitor->policy);
		lost_wake(&monitor->lost);
	}
	if (may_be_limited(record))
		limit_period_wake(&monitor->limits, clock_boot_ns());
	monitor->settle_due = 0;
	err = correlator_take(monitor->correlator, record, size, clock_boot_offset());
	if (!err)
		budget_refund(probes_limits(monitor->probes), record);
	return err;
}

/* A line is written before its record is remembered as dealt with, and that before it leaves the ring. */
int loop_take_record(void *ctx, const void *bytes, size_t size)
{
	struct monitor *monitor = ctx;
	struct record_view view;
	int err = record_view(bytes, size, &view);

	monitor->read = true;
	if (!err)
		err = images_drain(monitor->images, view.record->header.time); /* a call's bytes came before its end */
	if (err == -EAGAIN)
		return err;
	if (!err && view.record->header.kind == RECORD_AUDIT_CHANGED)
		audit_watch_wake(monitor->audit, clock_boot_ns());
	else if (!err && !selftest_takes(monitor->selftest, bytes))
		err = take_event(monitor, view.record, size);
	if (err == -EBADMSG) { /* only a kernel side of another version could do that: say so, go on */
		lost_add_undecodable(&monitor->lost);
		err = 0;
	}
	return err;
}

uint64_t loop_count_doubts(const struct handover *handover)
{
	return handover->lost[RECORD_MODULE_FREE] + handover->probes[PROBE_module_free].skipped;
}

/* --- what is due from time to time: when, and what --- */

/* Only where the rings are empty: what is still in them may be what is waited for. */
static int settle_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	if (!monitor->rings.drained || monitor->settle_due == UINT64_MAX)
		return -1;
	return ms_until(monitor->settle_due, now);
}

static bool has_left_call(void *ctx, uint32_t tid)
{
	(void)ctx;
	return thread_has_left_call("/proc", tid);
}

static bool is_live(void *ctx, const char *module)
{
	(void)ctx;
	return inventory_is_live("/sys/module", module);
}

static int settle(void *ctx, uint64_t now)
{
	static const struct witnesses witnesses = { .has_left_call = has_left_call, .is_live = is_live };
	struct monitor *monitor = ctx;
	bool waiting = false;
	int err;

	correlator_prune(monitor->correlator);
	images_drain(monitor->images, UINT64_MAX); /* of calls that are under way */
	err = correlator_flush(monitor->correlator, &witnesses, now, clock_boot_offset(), &waiting);
	monitor->settle_due = waiting ? now + ms(RETURN_MS) : UINT64_MAX;
	return err;
}

static int modules_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return modules_due_ms(monitor->modules, now);
}

/* A module that was freed unseen would pass for one that hides. */
static int check_modules(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;
	uint64_t doubts;

	if (!monitor->rings.drained)
		return 0;
	doubts = loop_count_doubts(monitor->handover);
	if (doubts > monitor->doubts || selftest_state(monitor->selftest) == SELFTEST_FAILS)
		modules_doubt(monitor->modules);
	monitor->doubts = doubts;
	return modules_check(monitor->modules, now, loop_emit, monitor);
}

/* Whether a module hides is judged by what is known to be lost up to now. */
static int lost_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return lost_is_due(&monitor->lost, now) || modules_due(ctx, now) == 0 ? 0 : lost_due_ms(&monitor->lost, now);
}

static int report_lost(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	(void)now;
	return lost_report(&monitor->lost, monitor->probes, capture_lost(monitor->capture), loop_emit, monitor);
}

static int capture_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return capture_due_ms(monitor->capture, now);
}

static int tend_capture(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;
	uint64_t before = capture_lost(monitor->capture);

	(void)now;
	capture_tend(monitor->capture);
	if (capture_lost(monitor->capture) != before)
		lost_wake(&monitor->lost);
	return 0;
}

static int limits_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return limit_period_due_ms(&monitor->limits, now);
}

static int check_limits(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	return limit_period_check(&monitor->limits, monitor->probes, now, clock_boot_offset(), loop_emit, monitor);
}

static int recurrences_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return recurrences_due_ms(&monitor->recurrences, now);
}

static int check_recurrences(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	return recurrences_check(&monitor->recurrences, now, monitor->rings.drained, loop_emit, monitor);
}

static int surroundings_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return probes_look_due_ms(monitor->probes, now);
}

static int look_around(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	probes_look_around(monitor->probes, now);
	return 0;
}

static int policy_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return monitor->asked ? 0 : policy_watch_due_ms(&monitor->policy, now);
}

static int check_policy(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	return policy_watch_check(&monitor->policy, now, loop_emit, monitor);
}

/* Whether the kernel side sees all that can change the kernel's audit rules. */
static bool sees_audit(const struct monitor *monitor)
{
	for (size_t i = 0; i < PROBES; i++)
		if (programs[i].for_audit && !probe_is_attached(monitor->probes, i))
			return false;
	return selftest_state(monitor->selftest) != SELFTEST_FAILS;
}

static int audit_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return monitor->asked ? 0 : audit_watch_due_ms(monitor->audit, now);
}

static int check_audit(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	return audit_watch_handle(monitor->audit, now, loop_emit, monitor);
}

/* Its answers come out of the rings. */
static int selftest_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return monitor->read ? 0 : selftest_due_ms(monitor->selftest, now);
}

static int run_selftest(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;

	return selftest_run(monitor->selftest, now, loop_emit, monitor);
}

static int service_due(void *ctx, uint64_t now)
{
	const struct monitor *monitor = ctx;

	return service_due_ms(&monitor->service, &monitor->stream, selftest_state(monitor->selftest), now);
}

static int tend_service(void *ctx, uint64_t now)
{
	struct monitor *monitor = ctx;
	struct service_sight sight = { .degraded = probes_degraded(monitor->probes),
				       .state = selftest_state(monitor->selftest) };

	for (size_t i = 0; i < probes_count(); i++)
		sight.probes += probe_is_attached(monitor->probes, i);
	if (monitor->held_up)
		service_wait(&monitor->service, sight.state, now);
	else
		service_tend(&monitor->service, &monitor->stream, &sight, now);
	return 0;
}

/* While a reader is waited for. */
static void go_on(void *ctx)
{
	struct monitor *monitor = ctx;

	monitor->held_up = true;
	tasks_run_silent(&monitor->tasks, clock_boot_ns());
	monitor->held_up = false;
}

void loop_init(struct monitor *monitor)
{
	/* what tells of losses comes before what takes them into account */
	static const struct task tasks[] = {
		{ .name = "calls", settle_due, settle },
		{ .name = "capture", capture_due, tend_capture, .silent = true },
		{ .name = "lost", lost_due, report_lost },
		{ .name = "recurrences", recurrences_due, check_recurrences },
		{ .name = "limits", limits_due, check_limits },
		{ .name = "surroundings", surroundings_due, look_around, .silent = true },
		{ .name = "modules", modules_due, check_modules },
		{ .name = "policy", policy_due, check_policy },
		{ .name = "audit", audit_due, check_audit },
		{ .name = "self-test", selftest_due, run_selftest },
		{ .name = "service", service_due, tend_service, .silent = true },
	};

	_Static_assert(COUNT(tasks) <= TASKS_MAX, "each has a place");
	tasks_init(&monitor->tasks, tasks, COUNT(tasks), monitor);
	monitor->stream.sink.meanwhile = go_on;
	monitor->stream.sink.ctx = monitor;
	monitor->stream.sink.resumes = monitor->pins != NULL;
}

/* --- round and round --- */

/* Until there is something to do. Returns 0, -EPIPE where nobody reads stdout any more, or another negative errno. */
static int rest(struct monitor *monitor)
{
	struct pollfd fds[] = {
		{ .fd = monitor->rings.matters.fd, .events = POLLIN },
		{ .fd = monitor->rings.refused.fd, .events = POLLIN },
		{ .fd = images_ring(monitor->images)->fd, .events = POLLIN },
		{ .fd = audit_watch_fd(monitor->audit), .events = POLLIN },
		{ .fd = audit_watch_result_fd(monitor->audit), .events = POLLIN },
		{ .fd = policy_watch_fd(&monitor->policy), .events = POLLIN },
		{ .fd = monitor->stream.sink.outlet.fd },
	};

	if (rings_stalled(&monitor->rings))
		poll(NULL, 0, 1); /* lets the writer go on */
	if (poll(fds, COUNT(fds), tasks_plan(&monitor->tasks, clock_boot_ns())) < 0)
		return errno == EINTR	 ? 0
		       : errno == EINVAL ? -EMFILE
					 : -errno; /* RLIMIT_NOFILE is below what it polls */
	if (fds[0].revents | fds[1].revents | fds[2].revents)
		monitor->settle_due = 0;
	monitor->asked = fds[3].revents | fds[4].revents | fds[5].revents;
	return (fds[6].revents & (POLLERR | POLLHUP | POLLNVAL)) ? -EPIPE : 0;
}

/* One round over everything that may have something to say. */
static int look(struct monitor *monitor)
{
	int err = rings_drain(&monitor->rings, BATCH);
	uint64_t now = clock_boot_ns(); /* one for all, so that what is due together is dealt with together */

	audit_watch_ask(monitor->audit, !sees_audit(monitor), now);
	if (!err)
		err = tasks_run(&monitor->tasks, now);
	monitor->read = false;
	monitor->asked = 0;
	monitor->handover->seen = clock_boot_ns();
	return err;
}

int loop_run(struct monitor *monitor)
{
	int err = 0;

	while (!err && !*monitor->stopping) {
		err = look(monitor);
		if (!err && !*monitor->stopping)
			err = rest(monitor);
		if (err == -EINTR)
			err = 0;
	}
	return err;
}
