// SPDX-License-Identifier: BSD-2-Clause
/* The run of the monitor, from the first line to the last. */
#include "monitor.h"
#include "../audit/watch.h"
#include "../cleanup.h"
#include "../log.h"
#include "../output/fields.h"
#include "../output/stream.h"
#include "clock.h"
#include "correlate.h"
#include "inventory.h"
#include "lost.h"
#include "missed.h"
#include "policy.h"
#include "preflight.h"
#include "probes.h"
#include "ring.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* How long the return of a call may take once its result is certain: microseconds, unless it was missed. */
enum { RETURN_MS = 1000 };

struct monitor {
	const volatile int *stopping;
	struct stream stream;
	struct probes *probes;
	struct correlator *correlator;
	struct ring *ring;
	struct lost lost;
	struct missed *missed;
	struct check_options check;
	struct audit_watch *audit;
	uint64_t boot_offset;
};

static int emit(void *ctx, struct event *event)
{
	struct monitor *monitor = ctx;
	int err = stream_emit(&monitor->stream, event);

	return err ? err : missed_note(monitor->missed, event);
}

static int take_record(void *ctx, const void *bytes, size_t size)
{
	struct monitor *monitor = ctx;
	int err = correlator_take(monitor->correlator, bytes, size, monitor->boot_offset);

	if (err == -EBADMSG) { /* only a kernel side of another version could do that: say so, go on */
		lost_add_undecodable(&monitor->lost);
		err = 0;
	}
	return err;
}

static int emit_start(struct monitor *monitor)
{
	struct event event = { .kind = EVENT_MONITOR_START };
	struct utsname names;
	struct policy policy;

	uname(&names);
	policy_read(&policy);
	event.version = text_of(KMODWATCH_VERSION);
	event.kernel = text_of(names.release);
	event.degraded = number_of(probes_degraded(monitor->probes));
	event.probes = probes_list(monitor->probes);
	event.policy = policy_part(&policy);
	return emit(monitor, &event);
}

static int emit_present(void *ctx, const struct module_part *module)
{
	struct event event = { .kind = EVENT_MODULE_PRESENT, .module = *module };

	return emit(ctx, &event);
}

/* What is loaded already. That the list cannot be had is no reason not to watch. */
static int emit_snapshot(struct monitor *monitor)
{
	_cleanup_(fclosep) FILE *modules = NULL;
	int err;

	if (!preflight_has_modules())
		return 0;
	modules = fopen("/proc/modules", "re");
	if (!modules) {
		log_line("the loaded modules cannot be listed (/proc/modules: %s): mount /proc", strerror(errno));
		return 0;
	}
	err = inventory_walk(modules, "/sys/module", emit_present, monitor);
	if (err != -EBADMSG)
		return err;
	log_line("/proc/modules has a line that is not understood, so the list of loaded modules ends there");
	return 0;
}

static int emit_stop(struct monitor *monitor)
{
	struct event event = { .kind = EVENT_MONITOR_STOP };
	struct count_part counts[EVENT_KINDS];
	size_t count = 0;
	char reason[32];

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		if (monitor->stream.counts[kind])
			counts[count++] = (struct count_part) { event_name(kind), monitor->stream.counts[kind] };
	snprintf(reason, sizeof(reason), "SIG%s", sigabbrev_np(*monitor->stopping));
	event.reason = text_of(reason);
	event.counts = (struct list) { .known = KNOWN, .count = count, .items = counts };
	return emit(monitor, &event);
}

/* How long nothing needs to be done if nothing happens; -1: for ever. */
static int wait_ms(const struct monitor *monitor, bool waiting)
{
	int due = missed_due_ms(monitor->missed, clock_boot_ns());

	return waiting && (due < 0 || due > RETURN_MS) ? RETURN_MS : due;
}

static int watch(struct monitor *monitor)
{
	bool waiting = false;
	int err = 0;

	while (!err && !*monitor->stopping) {
		err = ring_wait(monitor->ring, monitor->stream.sink.fd, audit_watch_fd(monitor->audit),
				wait_ms(monitor, waiting));
		if (!err)
			err = correlator_flush(monitor->correlator, clock_boot_ns() - RETURN_MS * 1000000ull,
					       monitor->boot_offset, &waiting);
		if (!err)
			err = lost_report(&monitor->lost, monitor->probes, emit, monitor);
		if (!err)
			err = missed_check(monitor->missed, clock_boot_ns(), emit, monitor);
		if (!err)
			err = audit_watch_handle(monitor->audit, emit, monitor);
		if (err == -EINTR)
			err = 0;
		monitor->boot_offset = clock_boot_offset();
	}
	return err;
}

/* Nothing new comes once the probes are off; what they sent is still shown. */
static int finish(struct monitor *monitor)
{
	bool waiting;
	int err;

	probes_detach(monitor->probes);
	err = ring_drain(monitor->ring);
	if (!err)
		err = correlator_flush(monitor->correlator, UINT64_MAX, monitor->boot_offset, &waiting);
	if (!err)
		err = lost_report(&monitor->lost, monitor->probes, emit, monitor);
	return err ? err : emit_stop(monitor);
}

static int explain_stop(int err)
{
	if (err == -EPIPE || err == -EBADF)
		log_line("stdout is closed (nobody reads the events any more), so the monitor stops");
	else if (err == -ECANCELED)
		log_line("stdout did not take the last lines within 2 seconds, so they are lost");
	else
		log_line("the monitor stops on an error: %s", strerror(-err));
	return EXIT_STOPPED;
}

/* A profile that cannot be used is better told before anything is attached. */
static int start_audit(struct monitor *monitor)
{
	_cleanup_(freep) char *why = NULL;
	int err = audit_watch_new(&monitor->check, &monitor->audit, &why);

	if (err)
		log_line("%s", why ? why : strerror(-err));
	return err;
}

static int start_missed(struct monitor *monitor, const char *state)
{
	const struct missed_places places = { .state = state, .boot_id = monitor->stream.boot_id };

	return preflight_has_modules() ? missed_new(&places, &monitor->missed) : 0;
}

static int start(struct monitor *monitor, const struct options *options)
{
	int err = preflight_check();

	if (!err)
		err = start_audit(monitor);
	if (!err)
		err = probes_open(options, &monitor->probes);
	if (err)
		return err; /* explained */
	err = stream_init(&monitor->stream, STDOUT_FILENO, monitor->stopping);
	if (!err)
		err = start_missed(monitor, options->state);
	if (!err)
		err = correlator_new(emit, monitor, &monitor->correlator);
	if (!err)
		err = ring_new(probes_ring(monitor->probes), probes_refused_ring(monitor->probes), take_record, monitor,
			       &monitor->ring);
	if (err)
		log_line("the monitor could not be set up: %s", strerror(-err));
	return err;
}

static void monitor_cleanup(struct monitor *monitor)
{
	audit_watch_freep(&monitor->audit);
	ring_freep(&monitor->ring);
	correlator_freep(&monitor->correlator);
	missed_freep(&monitor->missed);
	probes_freep(&monitor->probes);
}

int monitor_run(const struct options *options, const volatile int *stopping)
{
	_cleanup_(monitor_cleanup) struct monitor monitor = { .stopping = stopping, .check.profile = options->profile };
	int err;

	if (start(&monitor, options))
		return EXIT_NO_START;
	monitor.boot_offset = clock_boot_offset();
	err = emit_start(&monitor);
	if (!err && options->snapshot)
		err = emit_snapshot(&monitor);
	if (!err)
		err = audit_watch_start(monitor.audit, emit, &monitor);
	if (!err) {
		log_detail("watching");
		err = watch(&monitor);
	}
	if (!err)
		err = finish(&monitor);
	return err ? explain_stop(err) : EXIT_ENDED;
}
