// SPDX-License-Identifier: BSD-2-Clause
/* The run of the monitor, from the first line to the last. */
#include "monitor.h"
#include "../audit/watch.h"
#include "../cleanup.h"
#include "../log.h"
#include "../options.h"
#include "../output/stream.h"
#include "../calls/capture.h"
#include "../clock.h"
#include "../calls/correlate.h"
#include "../modules/hidden.h"
#include "../calls/images.h"
#include "limits.h"
#include "lost.h"
#include "../modules/missed.h"
#include "lifecycle.h"
#include "../kernel/pins.h"
#include "../modules/policy.h"
#include "../kernel/preflight.h"
#include "../kernel/probe.h"
#include "../kernel/probes.h"
#include "../calls/rings.h"
#include "../kernel/selftest.h"
#include "service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* How long a call's line waits for its return once its result is certain: mostly microseconds, for an unload some RCU
 * grace periods, and for ever where it was missed. */
enum { RETURN_MS = 1000 };

/* Records between two looks at everything else: under a flood too there is an end to it. */
enum { BATCH = 4096 };

struct monitor {
	const volatile int *stopping;
	struct stream stream;
	struct pins *pins;
	struct probes *probes;
	struct handover *handover;
	struct capture *capture;
	struct images *images;
	struct correlator *correlator;
	struct rings rings;
	struct selftest *selftest;
	struct service service;
	struct lost lost;
	struct limits limits;
	struct missed *missed;
	struct hidden *hidden;
	uint64_t doubts; /* records of modules' ends that were lost, so far */
	struct policy_watch policy;
	short asked;  /* what poll() said of all that is no ring: inotify and timers, which nothing else need look at */
	bool waiting; /* for returns of calls whose result is certain */
	struct check_options check;
	struct audit_watch *audit;
	uint64_t boot_offset;
};

static int emit(void *ctx, struct event *event)
{
	struct monitor *monitor = ctx;

	return stream_emit(&monitor->stream, event);
}

static int take_fact(void *ctx, const struct fact *fact)
{
	struct monitor *monitor = ctx;
	int err = 0;

	if (fact->event && !handover_is_last(monitor->handover, fact->record)) /* else it was written before a kill */
		err = emit(monitor, fact->event);
	if (err)
		return err;
	if (fact->event)
		handover_set_last(monitor->handover, fact->record);
	if (monitor->hidden)
		hidden_note(monitor->hidden, fact, clock_boot_ns());
	return missed_note(monitor->missed, fact);
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

/* What somebody did: more may come of it than its line. */
static int take_event(struct monitor *monitor, const union record *record, size_t size)
{
	policy_watch_wake(&monitor->policy);
	lost_wake(&monitor->lost);
	if (may_be_limited(record))
		limits_wake(&monitor->limits, clock_boot_ns());
	return correlator_take(monitor->correlator, record, size, monitor->boot_offset);
}

/* A line is written before its record is remembered as dealt with, and that before it leaves the ring. */
static int take_record(void *ctx, const void *bytes, size_t size)
{
	struct monitor *monitor = ctx;
	struct record_view view;
	int err = record_view(bytes, size, &view);

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

static int sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* How long nothing needs to be done if nothing happens; -1: for ever. */
static int due_ms(const struct monitor *monitor)
{
	uint64_t now = clock_boot_ns();
	int due = sooner(monitor->waiting ? RETURN_MS : -1, selftest_due_ms(monitor->selftest, now));

	due = sooner(due, service_due_ms(&monitor->service));
	due = sooner(due, limits_due_ms(&monitor->limits, now));
	due = sooner(due, lost_due_ms(&monitor->lost, now));
	due = sooner(due, hidden_due_ms(monitor->hidden, now));
	due = sooner(due, policy_watch_due_ms(&monitor->policy, now));
	due = sooner(due, audit_watch_due_ms(monitor->audit, now));
	return sooner(due, missed_due_ms(monitor->missed, now));
}

/* Until there is something to do. Returns 0, -EPIPE where nobody reads stdout any more, or another negative errno. */
static int rest(struct monitor *monitor)
{
	struct pollfd fds[] = {
		{ .fd = monitor->rings.matters.fd, .events = POLLIN },
		{ .fd = monitor->rings.refused.fd, .events = POLLIN },
		{ .fd = images_ring(monitor->images)->fd, .events = POLLIN },
		{ .fd = audit_watch_fd(monitor->audit), .events = POLLIN },
		{ .fd = policy_watch_fd(&monitor->policy), .events = POLLIN },
		{ .fd = monitor->stream.sink.fd },
	};

	if (rings_stalled(&monitor->rings))
		poll(NULL, 0, 1); /* lets the writer go on */
	if (poll(fds, sizeof(fds) / sizeof(fds[0]), due_ms(monitor)) < 0)
		return errno == EINTR ? 0 : -errno;
	monitor->asked = fds[3].revents | fds[4].revents;
	return (fds[5].revents & (POLLERR | POLLHUP | POLLNVAL)) ? -EPIPE : 0;
}

/* Of the ends of modules, how many were not seen as far as is known. */
static uint64_t count_doubts(const struct handover *handover)
{
	return handover->lost[RECORD_MODULE_FREE] + handover->probes[PROBE_module_free].skipped;
}

/* A module that was freed unseen would pass for one that hides. */
static int check_hidden(struct monitor *monitor, uint64_t now)
{
	uint64_t doubts = count_doubts(monitor->handover);

	if (monitor->hidden && (doubts > monitor->doubts || selftest_state(monitor->selftest) == SELFTEST_FAILS))
		hidden_forget(monitor->hidden);
	monitor->doubts = doubts;
	return hidden_check(monitor->hidden, now, emit, monitor);
}

/* Whether the kernel side sees all that can change the kernel's audit rules. */
static bool sees_audit(const struct monitor *monitor)
{
	for (size_t i = 0; i < PROBES; i++)
		if (programs[i].for_audit && !probe_is_attached(monitor->probes, i))
			return false;
	return selftest_state(monitor->selftest) != SELFTEST_FAILS;
}

static int check_audit(struct monitor *monitor, uint64_t now)
{
	audit_watch_ask(monitor->audit, !sees_audit(monitor), now);
	if (!monitor->asked && audit_watch_due_ms(monitor->audit, now) > 0)
		return 0;
	return audit_watch_handle(monitor->audit, now, emit, monitor);
}

/* Whether a module hides is judged by what is known to be lost up to now. */
static bool losses_matter(const struct monitor *monitor, uint64_t now)
{
	return lost_is_due(&monitor->lost, now) || hidden_due_ms(monitor->hidden, now) == 0;
}

/* One round over everything that may have something to say. */
static int look(struct monitor *monitor)
{
	int err = rings_drain(&monitor->rings, BATCH);
	uint64_t now = clock_boot_ns(); /* one for all, so that what is due together is dealt with together */

	if (!err && monitor->rings.drained) {
		correlator_prune(monitor->correlator);
		images_drain(monitor->images, UINT64_MAX); /* of calls that are under way */
		err = correlator_flush(monitor->correlator, now - RETURN_MS * 1000000ull, monitor->boot_offset,
				       &monitor->waiting);
	}
	if (!err && losses_matter(monitor, now))
		err = lost_report(&monitor->lost, monitor->probes, capture_lost(monitor->capture), emit, monitor);
	if (!err)
		err = limits_check(&monitor->limits, monitor->probes, now, monitor->boot_offset, emit, monitor);
	if (!err && monitor->rings.drained)
		err = missed_check(monitor->missed, now, emit, monitor);
	if (!err && monitor->rings.drained)
		err = check_hidden(monitor, now);
	if (!err && (monitor->asked || policy_watch_due_ms(&monitor->policy, now) == 0))
		err = policy_watch_check(&monitor->policy, now, emit, monitor);
	if (!err)
		err = check_audit(monitor, now);
	if (!err)
		err = selftest_run(monitor->selftest, now, emit, monitor);
	service_tend(&monitor->service, &monitor->stream, probes_degraded(monitor->probes),
		     selftest_state(monitor->selftest));
	monitor->handover->seen = clock_boot_ns();
	monitor->boot_offset = clock_boot_offset();
	return err;
}

static int watch(struct monitor *monitor)
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

/* What the probes sent is still shown. Pinned ones go on, for the next monitor; of others nothing comes any more. */
static int finish(struct monitor *monitor)
{
	int err;

	service_stopping(*monitor->stopping == SIGHUP && monitor->pins);
	if (!monitor->pins)
		probes_detach(monitor->probes);
	err = rings_drain(&monitor->rings, SIZE_MAX);
	if (!err && !monitor->pins)
		err = correlator_flush(monitor->correlator, UINT64_MAX, monitor->boot_offset, &monitor->waiting);
	if (!err)
		err = lost_report(&monitor->lost, monitor->probes, capture_lost(monitor->capture), emit, monitor);
	monitor->limits.due = 1; /* whatever the time */
	if (!err)
		err = limits_check(&monitor->limits, monitor->probes, clock_boot_ns(), monitor->boot_offset, emit,
				   monitor);
	monitor->handover->seen = clock_boot_ns();
	return err ? err : lifecycle_stop(*monitor->stopping, monitor->stream.counts, emit, monitor);
}

static int explain_stop(const struct monitor *monitor, int err)
{
	if (monitor->stream.output != OUTPUT_JOURNAL && (err == -EPIPE || err == -EBADF))
		log_line("stdout is closed (nobody reads the events any more), so the monitor stops");
	else if (err == -ECANCELED)
		log_line("%s did not take the last lines within 2 seconds, so they are lost",
			 monitor->stream.output == OUTPUT_JOURNAL ? "journald" : "stdout");
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
	struct missed_places places = { .state = state, .boot_id = monitor->stream.boot_id };
	int err;

	if (!preflight_has_modules())
		return 0;
	err = hidden_new(monitor->handover, NULL, NULL, &monitor->hidden);
	if (!err && probes_had_gap(monitor->probes)) /* the end of any may have gone unseen */
		hidden_forget(monitor->hidden);
	places.hidden = monitor->hidden;
	return err ? err : missed_new(&places, &monitor->missed);
}

static int map_rings(struct monitor *monitor)
{
	struct ring_place *places = monitor->handover->places;
	struct rings *rings = &monitor->rings;
	size_t size;
	int fd = probes_ring(monitor->probes, &size);
	int err = fd < 0 ? fd : ring_map(&rings->matters, fd, size);

	if (err)
		return err;
	fd = probes_refused_ring(monitor->probes, &size);
	err = fd < 0 ? fd : ring_map(&rings->refused, fd, size);
	if (err)
		return err;
	ring_follow(&rings->matters, &places[PLACE_MATTERS]);
	ring_follow(&rings->refused, &places[PLACE_REFUSED]);
	rings->patience_ns = RING_PATIENCE_NS;
	rings->take = take_record;
	rings->ctx = monitor;
	return 0;
}

static int start_images(struct monitor *monitor, const struct options *options)
{
	size_t size;
	int fd = probes_image_ring(monitor->probes, &size);
	int err = fd < 0 ? fd
			 : images_new(monitor->handover, fd, size, options->image_limit_mib, monitor->capture,
				      &monitor->images);

	if (!err)
		monitor->rings.images = images_ring(monitor->images);
	return err;
}

/* All that works on what is in the kernel. */
static int set_up(struct monitor *monitor, const struct options *options)
{
	enum output output = output_chosen(options->output, STDOUT_FILENO);
	int err =
	    stream_init(&monitor->stream, output == OUTPUT_JOURNAL ? -1 : STDOUT_FILENO, output, monitor->stopping);

	if (output == OUTPUT_TEXT)
		terminal_init(&monitor->stream.terminal, STDOUT_FILENO, colour_chosen(options->colour, STDOUT_FILENO),
			      options->verbose);
	monitor->handover = probes_handover(monitor->probes);
	if (!err)
		err = map_rings(monitor);
	if (!err)
		err = start_images(monitor, options);
	if (!err)
		err = start_missed(monitor, options->state);
	if (!err)
		err = correlator_new(take_fact, monitor, monitor->handover, monitor->images, &monitor->correlator);
	if (!err)
		err = selftest_new(monitor->probes, options, &monitor->rings, clock_boot_ns(), &monitor->selftest);
	if (err) {
		log_line("the monitor could not be set up: %s", strerror(-err));
		return err;
	}
	service_init(&monitor->service);
	monitor->doubts = count_doubts(monitor->handover);
	limits_wake(&monitor->limits, clock_boot_ns()); /* an earlier monitor may have left some unsaid */
	return 0;
}

static int start(struct monitor *monitor, const struct options *options)
{
	int err = preflight_check();

	if (!err)
		err = start_audit(monitor);
	if (!err && options->capture)
		err = capture_new(options->capture, (uint64_t)options->capture_max_mib << 20, &monitor->capture);
	if (!err && options->pin)
		err = pins_open(options->pin, &monitor->pins);
	if (!err)
		err = probes_open(options, monitor->pins, &monitor->probes);
	return err ? err : set_up(monitor, options); /* explained */
}

static int begin(struct monitor *monitor, bool snapshot)
{
	const struct beginning opening = {
		.probes = monitor->probes,
		.rings = &monitor->rings,
		.policy = &monitor->policy.last,
		.seen = monitor->handover->seen + monitor->boot_offset,
	};
	int err = lifecycle_start(&opening, emit, monitor);

	if (!err && snapshot)
		err = lifecycle_present(emit, monitor);
	return err ? err : stream_end_snapshot(&monitor->stream);
}

static void monitor_cleanup(struct monitor *monitor)
{
	audit_watch_freep(&monitor->audit);
	policy_watch_done(&monitor->policy);
	selftest_freep(&monitor->selftest);
	correlator_freep(&monitor->correlator);
	images_freep(&monitor->images);
	capture_freep(&monitor->capture);
	missed_freep(&monitor->missed);
	hidden_freep(&monitor->hidden);
	ring_unmap(&monitor->rings.matters);
	ring_unmap(&monitor->rings.refused);
	probes_freep(&monitor->probes);
	pins_freep(&monitor->pins);
}

int monitor_unpin(const struct options *options)
{
	return pins_remove(options->pin ? options->pin : "/sys/fs/bpf/kmodwatch") ? EXIT_NO_START : EXIT_ENDED;
}

int monitor_run(const struct options *options, const volatile int *stopping)
{
	_cleanup_(monitor_cleanup) struct monitor monitor = {
		.stopping = stopping,
		.check.profile = options->profile,
		.policy.inotify = -1,
	};
	int err;

	if (start(&monitor, options))
		return EXIT_NO_START;
	monitor.boot_offset = clock_boot_offset();
	policy_watch_init(&monitor.policy);
	err = begin(&monitor, options->snapshot);
	if (!err)
		err = audit_watch_start(monitor.audit, emit, &monitor);
	if (!err) {
		log_detail("watching");
		err = watch(&monitor);
	}
	if (!err)
		err = finish(&monitor);
	return err ? explain_stop(&monitor, err) : EXIT_ENDED;
}
