// SPDX-License-Identifier: BSD-2-Clause
/* The run of the monitor, from the first line to the last. */
#include "monitor.h"
#include "../audit/watch.h"
#include "../cleanup.h"
#include "../log.h"
#include "../options.h"
#include "../calls/capture.h"
#include "../clock.h"
#include "../calls/correlate.h"
#include "../calls/settle.h"
#include "../handover.h"
#include "../calls/images.h"
#include "lifecycle.h"
#include "../modules/modules.h"
#include "loop.h"
#include "../modules/missed.h"
#include "../kernel/pins.h"
#include "../kernel/preflight.h"
#include "../kernel/probes.h"
#include "../kernel/ring_memory.h"
#include "../kernel/selftest.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* What the probes sent is still shown. Pinned ones go on, for the next monitor; of others nothing comes any more. */
static int finish(struct monitor *monitor)
{
	bool reload = *monitor->stopping == SIGHUP && monitor->pins, waiting;
	int err;

	service_stopping(reload);
	if (!monitor->pins)
		probes_detach(monitor->probes);
	err = rings_drain(&monitor->rings, SIZE_MAX);
	if (!err && !monitor->pins)
		err = correlator_flush(monitor->correlator, NULL, UINT64_MAX, clock_boot_offset(), &waiting);
	if (!err)
		err = recurrences_finish(&monitor->recurrences, monitor->pins, loop_emit, monitor);
	capture_finish(monitor->capture);
	if (!err)
		err = lost_report(&monitor->lost, monitor->probes, capture_lost(monitor->capture), loop_emit, monitor);
	if (!err)
		err = limit_period_finish(&monitor->limits, monitor->probes, monitor->pins, clock_boot_ns(),
					  clock_boot_offset(), loop_emit, monitor);
	monitor->handover->seen = clock_boot_ns();
	return err ? err : lifecycle_stop(*monitor->stopping, reload, monitor->stream.counts, loop_emit, monitor);
}

static const char *name_output(const struct monitor *monitor)
{
	return monitor->stream.output == OUTPUT_JOURNAL ? "journald" : "stdout";
}

/* What was not written is still on its ring, which is pinned: it is the next one's. */
static int leave_the_rest(const struct monitor *monitor)
{
	log_line("%s takes no lines now: what was not written stays in the kernel for the next start",
		 name_output(monitor));
	return EXIT_ENDED;
}

static int explain_stop(const struct monitor *monitor, int err)
{
	if (monitor->stream.output != OUTPUT_JOURNAL && (err == -EPIPE || err == -EBADF))
		log_line("stdout is closed (nobody reads the events any more), so the monitor stops");
	else if (err == -ECANCELED)
		log_line("%s did not take the last lines within 2 seconds, so they are lost", name_output(monitor));
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

static int start_modules(struct monitor *monitor, const char *state)
{
	const struct modules_places places = { .state = state, .boot_id = monitor->stream.boot_id };
	int err;

	if (!preflight_has_modules())
		return 0;
	err = modules_new(&monitor->handover->modules, &places, clock_boot_ns(), &monitor->modules);
	if (!err && probes_had_gap(monitor->probes)) /* the end of any may have gone unseen */
		modules_doubt(monitor->modules);
	return err;
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
	rings->take = loop_take_record;
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

	monitor->stream.line_max = options->line_max;
	if (output == OUTPUT_TEXT)
		terminal_init(&monitor->stream.terminal, STDOUT_FILENO, colour_chosen(options->colour, STDOUT_FILENO),
			      options->verbose);
	monitor->handover = probes_handover(monitor->probes);
	if (!err)
		err = map_rings(monitor);
	if (!err)
		err = start_images(monitor, options);
	if (!err)
		err = start_modules(monitor, options->state);
	if (!err)
		err = correlator_new(loop_take_fact, monitor, monitor->handover, monitor->images, &monitor->correlator);
	if (!err)
		err = selftest_new(monitor->probes, options, &monitor->rings, clock_boot_ns(), &monitor->selftest);
	if (err) {
		log_line("the monitor could not be set up: %s", strerror(-err));
		return err;
	}
	service_init(&monitor->service, monitor->began, probes_takeover(monitor->probes) != TAKEOVER_RESUMED);
	recurrences_open(&monitor->recurrences, &monitor->handover->recurrences);
	loop_init(monitor);
	monitor->doubts = loop_count_doubts(monitor->handover);
	limit_period_wake(&monitor->limits, clock_boot_ns()); /* an earlier monitor may have left some unsaid */
	return 0;
}

/* Whether what cannot pass is right: what the options say, and what this process may do. Errors have been explained. */
static int take_options(struct monitor *monitor, const struct options *options)
{
	int err = preflight_check();

	if (!err && options->btf_path)
		err = preflight_check_btf(options->btf_path);
	if (!err)
		err = ring_memory_check(options);
	if (!err)
		err = start_audit(monitor);
	if (!err && options->capture)
		err = capture_new(options->capture, (uint64_t)options->capture_max_mib << 20, &monitor->capture);
	return err;
}

/* Returns 0, EXIT_NO_START or EXIT_TRY_AGAIN, explained. */
static int start(struct monitor *monitor, const struct options *options)
{
	int err = take_options(monitor, options);

	if (err)
		return EXIT_NO_START;
	if (options->pin)
		err = pins_open(options->pin, &monitor->pins);
	if (err)
		return pins_may_be_had_later(options->pin, err) ? EXIT_TRY_AGAIN : EXIT_NO_START;
	err = preflight_check_bpf();
	if (!err)
		err = probes_open(options, monitor->pins, &monitor->probes);
	monitor->attached = clock_boot_ns();
	if (!err)
		err = set_up(monitor, options);
	if (err == -EFBIG) /* rings, for which there will not be the memory */
		return EXIT_NO_START;
	return err ? EXIT_TRY_AGAIN : 0;
}

/* What was loaded already: once in the life of the pins, and what changes while nobody watches is missed.h's. */
static int list_present(struct monitor *monitor, enum snapshot snapshot)
{
	int err;

	if (snapshot == SNAPSHOT_NEVER || (snapshot == SNAPSHOT_ONCE && monitor->handover->listed))
		return 0;
	err = lifecycle_present(loop_emit, monitor);
	if (!err)
		monitor->handover->listed = 1;
	return err;
}

static int begin(struct monitor *monitor, enum snapshot snapshot)
{
	const struct beginning opening = {
		.probes = monitor->probes,
		.rings = &monitor->rings,
		.policy = &monitor->policy.last,
		.modules = monitor->modules,
		.attached = clock_wall(monitor->attached),
		.seen = clock_wall(monitor->handover->seen),
	};
	int err = sink_end_cut(&monitor->stream.sink, monitor->handover->cut);

	if (err)
		return err;
	monitor->handover->cut = 0;
	err = lifecycle_start(&opening, loop_emit, monitor);
	if (!err)
		err = list_present(monitor, snapshot);
	return err ? err : stream_end_snapshot(&monitor->stream);
}

static void monitor_cleanup(struct monitor *monitor)
{
	recurrences_close(&monitor->recurrences);
	audit_watch_freep(&monitor->audit);
	policy_watch_done(&monitor->policy);
	selftest_freep(&monitor->selftest);
	correlator_freep(&monitor->correlator);
	images_freep(&monitor->images);
	capture_freep(&monitor->capture);
	modules_freep(&monitor->modules);
	ring_unmap(&monitor->rings.matters);
	ring_unmap(&monitor->rings.refused);
	probes_freep(&monitor->probes);
	pins_freep(&monitor->pins);
	stream_done(&monitor->stream);
}

int monitor_unpin(const struct options *options)
{
	return pins_remove(options->pin ? options->pin : "/sys/fs/bpf/kmodwatch") ? EXIT_NO_START : EXIT_ENDED;
}

int monitor_run(const struct options *options, const volatile int *stopping)
{
	_cleanup_(monitor_cleanup) struct monitor monitor = {
		.stopping = stopping,
		.began = clock_boot_ns(),
		.check.profile = options->profile,
		.policy.inotify = -1,
	};
	int err, code = start(&monitor, options);

	if (code)
		return code;
	log_never_wait(true); /* from here on events wait for us */
	policy_watch_init(&monitor.policy);
	err = begin(&monitor, options->snapshot);
	if (!err)
		err = audit_watch_start(monitor.audit, loop_emit, &monitor);
	if (!err) {
		log_detail("watching");
		err = loop_run(&monitor);
	}
	if (!err)
		err = finish(&monitor);
	if (monitor.stream.sink.cut)
		monitor.handover->cut = 1;
	if (err == -ECANCELED && monitor.pins)
		return leave_the_rest(&monitor);
	return err ? explain_stop(&monitor, err) : EXIT_ENDED;
}
