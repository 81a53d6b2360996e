// SPDX-License-Identifier: BSD-2-Clause
#include "setup.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"
#include "../options.h"
#include "control.h"
#include "ours.h"
#include "pins.h"
#include "preflight.h"
#include "seal.h"
#include "takeover.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/*
 * A call that passed its first hooks before the programs worked, and returns when they do, would pass for one that did
 * nothing. On its return the kernel does not say when it was entered, unless a program is attached to the entry too,
 * which each refused call would pay for. So returns without a beginning count only when such calls are over:
 * microseconds. What takes longer has mostly come to a module, and the kernel's notifier tells how that ends.
 */
enum { UNDER_WAY_US = 20000 };

/* The reader hashes a chunk in 0.1 ms or so; a machine that is busy keeps it waiting longer. */
enum { PATIENCE_MS = 1000 };

enum { ENOTSUPP = 524 }; /* of the kernel's own, which no library has a word for (include/linux/errno.h) */

/* arm64 cannot before 2aa6ac03516d "arm64: ftrace: Add direct call support" (6.4). */
#define NO_FUNCTIONS "this kernel cannot attach programs to its functions (on arm64, Linux 6.4 and later can)"

static void attach(struct probe *probe)
{
	struct bpf_link_info info = { 0 };
	uint32_t size = sizeof(info);

	if (probe->reason[0] || probe->link >= 0)
		return;
	probe->link = bpf_raw_tracepoint_open(NULL, probe->program); /* for fentry and fexit too */
	if (probe->link < 0) {
		if (errno == ENOTSUPP)
			snprintf(probe->reason, REASON_SIZE, NO_FUNCTIONS);
		else
			snprintf(probe->reason, REASON_SIZE, "attaching failed: %s", strerror(errno));
		return;
	}
	if (!bpf_obj_get_info_by_fd(probe->link, &info, &size))
		probe->link_id = info.id;
}

uint32_t setup_patience(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1 ? PATIENCE_MS : 0;
}

/* From here on these programs work, and no others. */
int setup_activate(struct probes *probes, const struct options *options)
{
	int fd = probes->side.maps[MAP_CONTROL], order = probes->side.order, err = control_read(fd, &probes->told);
	bool first = !probes->told.generation;

	if (!err)
		err = control_order(order, ORDER_READ, 0, 0);
	if (!err)
		err = control_order(order, ORDER_TOOLS, options->all_tools, 0);
	if (!err)
		err = control_order(order, ORDER_WORK, (uint64_t)options->image_limit_mib << 20, setup_patience());
	if (!err && first) {
		usleep(UNDER_WAY_US);
		err = control_order(order, ORDER_ALONE, 0, 0);
	}
	if (!err)
		err = ours_enter(&probes->side);
	return err ? err : control_read(fd, &probes->told);
}

static void pin(struct probes *probes, size_t i)
{
	struct probe *probe = &probes->side.probes[i];
	int err;

	if (!probes->pins || probe->link < 0 || probe->pinned)
		return;
	err = pins_put_probe(probes->pins, &probes->side, probes->digest, i, probes->fresh);
	probe->pinned = !err;
	if (err && !probe->complained)
		log_line("%s cannot be pinned (%s), so it ends with this process", programs[i].name, strerror(-err));
	probe->complained = err;
}

size_t setup_attach(struct probes *probes)
{
	size_t attached = 0;

	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->side.probes[i];

		attach(probe);
		pin(probes, i);
		attached += probe->link >= 0;
		snprintf(probes->handover->probes[i].missing, REASON_SIZE, "%s", probe->reason);
	}
	return attached;
}

/* Why a probe was not attached by the monitor before this one: it is the same kernel still. */
static void recall_reasons(struct probes *probes)
{
	for (size_t i = 0; i < PROBES; i++) {
		struct probe *probe = &probes->side.probes[i];
		const char *missing = probes->handover->probes[i].missing;

		if (probe->link >= 0)
			continue;
		snprintf(probe->reason, REASON_SIZE, "%s", missing);
	}
}

static bool any_link(const struct probes *probes)
{
	for (size_t i = 0; i < PROBES; i++)
		if (probes->side.probes[i].link >= 0)
			return true;
	return false;
}

/* With the keys of what finds no room among the limits. */
static int map_limits(struct probes *probes)
{
	void *map = mmap(NULL, LIMITS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, probes->side.maps[MAP_LIMITS], 0);

	if (map == MAP_FAILED)
		return -errno;
	probes->limits = map;
	for (int what = LIMITED_REFUSED; what <= LIMITED_MODULE_REQUEST; what++) {
		probes->limits[LIMIT_REST_ANY + what].of.key =
		    (struct limit_key) { .uid = LIMIT_ANY_UID, .what = what };
		probes->limits[LIMIT_REST_ROOT + what].of.key = (struct limit_key) { .what = what };
	}
	return 0;
}

static int load_missing(struct probes *probes, const struct options *options)
{
	int err = object_load(&probes->side, options);

	if (!err)
		err = seal_maps(&probes->side);
	if (!err && !probes->handover)
		err = handover_map(probes->side.maps[MAP_HANDOVER], &probes->handover);
	return err;
}

/* What is remembered of a probe is another's where the programs' table is another. */
static void name_all(const struct probes *probes)
{
	struct handover *handover = probes->handover;

	for (size_t i = 0; i < PROBES; i++) {
		if (strcmp(handover->probes[i].name, programs[i].name) != 0)
			handover->blind[i] = (struct blindness) { 0 };
		handover->probes[i].skipped = handover->probes[i].code = 0;
		snprintf(handover->probes[i].name, PROBE_NAME_SIZE, "%s", programs[i].name);
	}
	for (size_t i = 0; i < MAPS; i++)
		handover->maps[i] = map_id(probes->side.maps[i]);
}

/* The first programs of maps of their own, or of maps that other programs work on. */
int setup_generation(struct probes *probes, const struct options *options)
{
	int err;

	probes->side.generation++;
	closep(&probes->side.order); /* another generation's */
	probes->side.order = -1;
	err = load_missing(probes, options);
	if (err)
		return err;
	name_all(probes);
	if (!probes->pins || probes->takeover == TAKEOVER_RESUMED)
		return 0;
	probes->fresh = true;
	err = pins_put_maps(probes->pins, &probes->side);
	if (err)
		log_line("nothing can be pinned (%s): start without --pin", strerror(-err));
	return err;
}

/* A long image takes several runs of its program, which goes on with itself. */
int setup_passes(const struct probes *probes)
{
	static const struct {
		enum program_number program;
		enum map map;
	} passes[] = {
		{ PROBE_post_read_file, MAP_FILE_PASSES },
		{ PROBE_post_load_data, MAP_MEMORY_PASSES },
	};

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
		const struct probe *probe = &probes->side.probes[passes[i].program];
		uint32_t key = 0;

		if (probe->program >= 0 &&
		    bpf_map_update_elem(probes->side.maps[passes[i].map], &key, &probe->program, BPF_ANY))
			return -errno;
	}
	return 0;
}

static void say_ring_stays(const struct probes *probes, enum map map, unsigned int wanted_kib, const char *option)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);

	if (wanted_kib && !bpf_obj_get_info_by_fd(probes->side.maps[map], &info, &size) &&
	    info.max_entries != wanted_kib * 1024)
		log_line("the pinned %s keeps its %u KiB: to change %s, run kmodwatch --unpin first", map_names[map],
			 info.max_entries / 1024, option);
}

/* Brings what is missing into the kernel: everything, or what somebody removed. */
static int load(struct probes *probes, const struct options *options)
{
	if (probes->takeover != TAKEOVER_RESUMED)
		return setup_generation(probes, options);
	say_ring_stays(probes, MAP_RING, options->ring_kib, "--ring-size");
	say_ring_stays(probes, MAP_IMAGE_RING, options->image_ring_kib, "--image-ring");
	if (!any_link(probes))
		return setup_generation(probes, options);
	recall_reasons(probes);
	for (size_t i = 0; i < PROBES; i++)
		if (probe_wants_loading(&probes->side.probes[i]))
			return load_missing(probes, options);
	return 0;
}

static int settle_pins(struct probes *probes)
{
	int err = 0;

	if (probes->fresh)
		err = pins_replace(probes->pins);
	else
		pins_forget_others(probes->pins, probes->side.generation, probes->digest);
	probes->fresh = false;
	if (err)
		log_line("the pins cannot be put in place: %s", strerror(-err));
	return err;
}

static bool lacks_functions(const struct kernel_side *side)
{
	for (size_t i = 0; i < PROBES; i++)
		if (!strcmp(side->probes[i].reason, NO_FUNCTIONS))
			return true;
	return false;
}

static void say_degraded(const struct probes *probes)
{
	if (!preflight_has_modules())
		log_line(
		    "this kernel cannot load modules (built without CONFIG_MODULES), so only executions of the module "
		    "tools are shown");
	else if (lacks_functions(&probes->side))
		log_line(NO_FUNCTIONS
			 ", so only modules that come and go are shown, and the processes that do it: not what a load "
			 "returned, its file, parameters and signature, and no calls that the kernel refuses");
	else if (kernel_side_is_degraded(&probes->side))
		log_line(
		    "some probes are not attached, so not everything is seen: monitor_start says which, why, and what is "
		    "lost without them");
}

int setup_run(struct probes *probes, const struct options *options)
{
	int err;

	object_digest(probes->digest);
	err = object_describe(&probes->side);
	if (err) {
		preflight_explain_load(err);
		return err;
	}
	if (probes->pins)
		takeover_begin(probes, options);
	err = load(probes, options);
	if (!err)
		err = map_limits(probes);
	if (err)
		return err;
	err = tools_init(&probes->tools, probes->side.maps[MAP_TOOLS], clock_boot_ns());
	if (err)
		log_line("the module tools could not be looked up (%s): they are recognised by name only",
			 strerror(-err));
	err = setup_passes(probes);
	if (err)
		log_line("modules of more than 8 MiB cannot be taken whole: %s", strerror(-err));
	if (setup_attach(probes) == 0) {
		log_line("no probe could be attached, so nothing can be watched: run with -v to see why");
		return -ENOTSUP;
	}
	err = setup_activate(probes, options);
	if (err) {
		log_line("the probes could not be made to work: %s", strerror(-err));
		return err;
	}
	handover_set_reader(probes->handover, probes->told.reader, probes->told.reader_start);
	takeover_end(probes);
	say_degraded(probes);
	return probes->pins ? settle_pins(probes) : 0;
}
