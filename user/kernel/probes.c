// SPDX-License-Identifier: BSD-2-Clause
#include "probes.h"
#include "../cleanup.h"
#include "../log.h"
#include "control.h"
#include "setup.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int probes_open(const struct options *options, struct pins *pins, struct probes **out)
{
	_cleanup_(probes_freep) struct probes *probes = calloc(1, sizeof(*probes));
	int err;

	if (!probes)
		return -ENOMEM;
	probes->pins = pins;
	probes->tools.watch = -1;
	for (int i = 0; i < MAPS; i++)
		probes->side.maps[i] = -1;
	probes->side.order = -1;
	for (int i = 0; i < LEFT_RINGS; i++)
		probes->left[i] = -1;
	for (size_t i = 0; i < PROBES; i++)
		probes->side.probes[i].program = probes->side.probes[i].link = -1;
	err = setup_run(probes, options);
	if (err)
		return err;
	*out = TAKE_PTR(probes);
	return 0;
}

void probes_detach(struct probes *probes)
{
	for (size_t i = 0; i < PROBES; i++) {
		closep(&probes->side.probes[i].link);
		probes->side.probes[i].link = -1;
	}
}

void probes_freep(struct probes **probes)
{
	if (!*probes)
		return;
	handover_unmap((*probes)->handover);
	tools_done(&(*probes)->tools);
	if ((*probes)->limits)
		munmap((*probes)->limits, LIMITS_SIZE);
	probes_detach(*probes);
	for (size_t i = 0; i < PROBES; i++)
		closep(&(*probes)->side.probes[i].program);
	for (int i = 0; i < LEFT_RINGS; i++)
		closep(&(*probes)->left[i]);
	closep(&(*probes)->side.order);
	kernel_side_close_maps(&(*probes)->side);
	free(*probes);
	*probes = NULL;
}

/* What the verifier had to walk through: 5.16 and later; else 0. */
static uint32_t verified_insns(const struct probe *probe)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(probe->program, &info, &size) ? 0 : info.verified_insns;
}

struct list probes_list(struct probes *probes)
{
	for (size_t i = 0; i < PROBES; i++) {
		const struct probe *probe = &probes->side.probes[i];
		struct probe_part *part = &probes->parts[i];

		*part = (struct probe_part) {
			.known = KNOWN,
			.name = text_of(programs[i].name),
			.target = text_of(probe->target),
			.mechanism = text_of(probe->mechanism),
			.attached = number_of(probe->link >= 0),
		};
		if (probe->link < 0) {
			part->reason = text_of(probe->reason);
			part->loses = text_of(programs[i].loses);
			log_detail("%s/%s is not attached: %s", probe->mechanism, probe->target, probe->reason);
			continue;
		}
		if (probes->pins)
			part->pinned = number_of(probe->pinned);
		log_detail("%s/%s attached, verified_insns %u", probe->mechanism, probe->target, verified_insns(probe));
	}
	return (struct list) { .known = KNOWN, .count = PROBES, .items = probes->parts };
}

bool probes_degraded(const struct probes *probes)
{
	return kernel_side_is_degraded(&probes->side);
}

size_t probes_count(void)
{
	return PROBES;
}

size_t maps_count(void)
{
	return MAPS;
}

const char *probe_name(size_t i)
{
	return programs[i].name;
}

bool probe_is_attached(const struct probes *probes, size_t i)
{
	return probes->side.probes[i].link >= 0;
}

const char *map_name(size_t i)
{
	return map_names[i];
}

enum takeover probes_takeover(const struct probes *probes)
{
	return probes->takeover;
}

struct number probes_unread(const struct probes *probes, const char **what)
{
	*what = probes->foreign ? "pinned record of another version" : "pinned record";
	return probes->unread;
}

bool probes_had_gap(const struct probes *probes)
{
	return probes->gap;
}

static int ring_of(const struct probes *probes, enum map map, size_t *ring_size)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(probes->side.maps[map], &info, &size))
		return -errno;
	*ring_size = info.max_entries;
	return probes->side.maps[map];
}

int probes_ring(const struct probes *probes, size_t *size)
{
	return ring_of(probes, MAP_RING, size);
}

int probes_refused_ring(const struct probes *probes, size_t *size)
{
	return ring_of(probes, MAP_REFUSED_RING, size);
}

int probes_image_ring(const struct probes *probes, size_t *size)
{
	return ring_of(probes, MAP_IMAGE_RING, size);
}

struct handover *probes_handover(const struct probes *probes)
{
	return probes->handover;
}

int probes_lost(const struct probes *probes, uint64_t *counts)
{
	int cpus = libbpf_num_possible_cpus();
	_cleanup_(freep) uint64_t *values = NULL;
	uint64_t sums[RECORD_KINDS] = { 0 };

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (uint32_t kind = 0; kind < RECORD_KINDS; kind++) {
		if (bpf_map_lookup_elem(probes->side.maps[MAP_LOST], &kind, values))
			return -errno;
		for (int cpu = 0; cpu < cpus; cpu++)
			sums[kind] += values[cpu];
	}
	memcpy(counts, sums, sizeof(sums));
	return 0;
}

struct limit *probes_limits(const struct probes *probes)
{
	return probes->limits;
}

int probes_next_period(const struct probes *probes)
{
	return control_order(probes->side.order, ORDER_PERIOD, 0, 0);
}

/* The owner last: a slot that is not empty yet must not be taken. */
int probes_free_limit(const struct probes *probes, uint32_t slot)
{
	struct limit freed = probes->limits[slot];
	int err;

	probes->limits[slot] = (struct limit) { 0 };
	if (!bpf_map_delete_elem(probes->side.maps[MAP_LIMIT_OWNERS], &slot))
		return 0;
	err = -errno; /* as where somebody froze the map */
	probes->limits[slot] = freed;
	return err;
}

int probes_look_due_ms(const struct probes *probes, uint64_t now)
{
	return tools_due_ms(&probes->tools, now);
}

void probes_look_around(struct probes *probes, uint64_t now)
{
	if (tools_due_ms(&probes->tools, now))
		return;
	tools_check(&probes->tools, now);
	control_order(probes->side.order, ORDER_PATIENCE, setup_patience(), 0); /* CPUs come and go */
}

uint64_t probe_skipped(const struct probes *probes, size_t i)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);
	int fd = probes->side.probes[i].program;

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) ? info.recursion_misses : 0;
}
