// SPDX-License-Identifier: BSD-2-Clause
#include "takeover.h"
#include "../cleanup.h"
#include "../log.h"
#include "../clock.h"
#include "control.h"
#include "pins.h"
#include "seal.h"
#include "../calls/ring.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

/* Records in the ring behind fd, whatever their layout. Returns 0 or a negative errno. */
static int count_ring(int fd, uint64_t *count)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);
	struct ring ring;
	int err;

	if (fd < 0)
		return -ENOENT;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	if (info.type != BPF_MAP_TYPE_RINGBUF)
		return -EINVAL;
	err = ring_map(&ring, fd, info.max_entries);
	if (err)
		return err;
	*count += ring_count(&ring);
	ring_unmap(&ring);
	return 0;
}

/* Nobody took one of the maps away and put another of the same kind there: the programs go on with the one they know.
 */
static bool are_together(const struct kernel_side *side, const struct handover *handover)
{
	for (int i = 0; i < MAPS; i++)
		if (map_id(side->maps[i]) != handover->maps[i])
			return false;
	return true;
}

/* What another ring holds says nothing of what the programs wrote. */
static void drop_foreign_rings(struct kernel_side *side, const struct handover *handover)
{
	for (int i = MAP_RING; i < MAP_RING + LEFT_RINGS; i++)
		if (map_id(side->maps[MAP_HANDOVER]) == handover->maps[MAP_HANDOVER] &&
		    map_id(side->maps[i]) != handover->maps[i]) {
			closep(&side->maps[i]);
			side->maps[i] = -1;
		}
}

/* What somebody closed for good cannot be used any more. */
static bool are_open(const struct kernel_side *side)
{
	for (int i = 0; i < MAPS; i++)
		if (seal_is_foreign(side, i))
			return false;
	return true;
}

/* All maps are there, of this layout, those that were made together, and of use. */
static bool is_readable(struct probes *probes, int err, const struct control *control)
{
	struct kernel_side *side = &probes->side;

	if (err || control->layout != LAYOUT || !object_fits(side) ||
	    handover_map(side->maps[MAP_HANDOVER], &probes->handover))
		return false;
	if (are_together(side, probes->handover) && are_open(side))
		return true;
	drop_foreign_rings(side, probes->handover);
	handover_unmap(probes->handover);
	probes->handover = NULL;
	return false;
}

/* What was attached when the earlier monitor looked last, and is not now, has seen nothing since. */
static void note_gaps(struct probes *probes)
{
	struct handover *handover = probes->handover;
	uint64_t since = handover->seen ? handover->seen : clock_boot_ns();

	for (size_t i = 0; i < PROBES; i++) {
		bool was_attached =
		    !strcmp(handover->probes[i].name, programs[i].name) && !handover->probes[i].missing[0];

		if (!was_attached || probes->side.probes[i].link >= 0 ||
		    pins_have_link(probes->pins, probes->side.generation, programs[i].name))
			continue;
		handover_set_blind(handover, i, "its link was gone when the monitor started", since);
		probes->gap = true;
	}
}

/*
 * A program that cannot be reached any more can be neither run nor attached again, and one more beside it would show
 * everything twice. Then all are replaced, as an upgrade does it.
 */
static void check_programs(struct kernel_side *side)
{
	bool whole = true;

	for (size_t i = 0; i < PROBES; i++)
		whole &= side->probes[i].link < 0 || side->probes[i].program >= 0;
	for (size_t i = 0; !whole && i < PROBES; i++) {
		struct probe *probe = &side->probes[i];

		closep(&probe->link);
		closep(&probe->program);
		probe->link = probe->program = -1;
		probe->pinned = false;
	}
}

static void resume(struct probes *probes, uint32_t generation)
{
	struct kernel_side *side = &probes->side;

	probes->takeover = TAKEOVER_RESUMED;
	side->generation = generation;
	pins_get_probes(probes->pins, side, probes->digest);
	note_gaps(probes);
	check_programs(side);
}

/* Of this process: ns since boot, in steps of 10 ms. 0: it cannot be told. */
static uint64_t own_start(void)
{
	_cleanup_(fclosep) FILE *file = fopen("/proc/self/stat", "re");
	unsigned long long ticks = 0;
	char line[1024];
	const char *rest;

	if (!file || !fgets(line, sizeof(line), file))
		return 0;
	rest = strrchr(line, ')'); /* behind the name, which can hold anything */
	if (!rest || sscanf(rest, ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
			    &ticks) != 1)
		return 0;
	return ticks * (NS_PER_S / sysconf(_SC_CLK_TCK));
}

/* A kill can come before the kernel side knows who we are: what we opened until then is no stranger's either. */
static void leave_name(const struct pins *pins)
{
	_cleanup_(closep) int fd = pins_get_map(pins, MAP_HANDOVER);
	struct handover *handover;

	if (fd < 0 || handover_map(fd, &handover))
		return;
	handover_set_reader(handover, getpid(), own_start());
	handover_unmap(handover);
}

/* Before all else: who reads from now on is no stranger, and what he opens need not be told. */
static void introduce(struct probes *probes, const struct options *options)
{
	struct kernel_side *side = &probes->side;
	struct control control;

	side->maps[MAP_CONTROL] = pins_get_map(probes->pins, MAP_CONTROL);
	if (side->maps[MAP_CONTROL] < 0 || control_peek(side->maps[MAP_CONTROL], &control) ||
	    control.layout != LAYOUT || !control.generation)
		return;
	leave_name(probes->pins);
	side->generation = control.generation;
	if (!object_load_order(side, options))
		control_order(side->order, ORDER_READ, 0, 0);
}

void takeover_begin(struct probes *probes, const struct options *options)
{
	struct kernel_side *side = &probes->side;
	struct control control = { 0 };
	int err, peeked;

	if (!pins_any(probes->pins))
		return;
	introduce(probes, options);
	err = pins_get_maps(probes->pins, side);
	peeked = control_peek(side->maps[MAP_CONTROL], &control);
	if (!peeked && !control.generation) { /* a start that was cut off: nothing ever worked on these */
		kernel_side_close_maps(side);
		return;
	}
	if (is_readable(probes, err, &control)) {
		resume(probes, control.generation);
		return;
	}
	probes->takeover = TAKEOVER_REPLACED;
	probes->foreign = !peeked && control.layout != LAYOUT;
	for (int i = 0; i < LEFT_RINGS; i++)
		probes->left[i] = take_fd(&side->maps[MAP_RING + i]);
	kernel_side_close_maps(side);
}

void takeover_end(struct probes *probes)
{
	uint64_t count = 0;
	bool known = true;

	if (probes->takeover != TAKEOVER_REPLACED)
		return;
	for (int i = 0; i < LEFT_RINGS; i++)
		known &= !count_ring(probes->left[i], &count);
	probes->unread = known ? number_of(count) : NUMBER_UNKNOWN;
	log_line("the pins %s, so they are replaced, and %s%llu records in them are lost",
		 probes->foreign ? "come from another version of kmodwatch and cannot be read"
				 : "are not what kmodwatch left there (one was removed or replaced)",
		 known ? "" : "at least ", (unsigned long long)count);
}
