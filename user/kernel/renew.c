// SPDX-License-Identifier: BSD-2-Clause
#include "renew.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"
#include "control.h"
#include "pins.h"
#include "seal.h"
#include "setup.h"
#include "tools.h"

#include <errno.h>
#include <string.h>

static void close_programs(struct kernel_side *side)
{
	for (size_t i = 0; i < PROBES; i++) {
		closep(&side->probes[i].link);
		closep(&side->probes[i].program);
	}
	closep(&side->order);
}

/* The maps of a that are not b's too. */
static void close_other_maps(struct kernel_side *a, const struct kernel_side *b)
{
	for (int i = 0; i < MAPS; i++)
		if (a->maps[i] != b->maps[i])
			closep(&a->maps[i]);
}

/* What is to be made anew: all programs, and the maps that are of no use any more. */
static void empty(struct kernel_side *side)
{
	struct control control;

	for (size_t i = 0; i < PROBES; i++) {
		side->probes[i].link = side->probes[i].program = -1;
		side->probes[i].pinned = false;
	}
	side->order = -1;
	for (int i = 0; i < MAPS; i++)
		if (seal_is_foreign(side, i))
			side->maps[i] = -1;
	if (!control_read(side->maps[MAP_CONTROL], &control) && control.generation > side->generation)
		side->generation = control.generation;
	if (control.layout == LAYOUT && side->generation < INT32_MAX)
		return;
	side->maps[MAP_CONTROL] = -1; /* there is no generation above, or it is nonsense */
	side->generation = 0;
}

static int bring_up(struct probes *probes, struct kernel_side *old, const struct options *options)
{
	int err = setup_generation(probes, options);

	if (err)
		return err;
	if (setup_attach(probes) == 0)
		return -ENOTSUP;
	setup_passes(probes);
	tools_done(&probes->tools);
	tools_init(&probes->tools, probes->side.maps[MAP_TOOLS], clock_boot_ns());
	if (probes->side.maps[MAP_CONTROL] != old->maps[MAP_CONTROL])
		for (size_t i = 0; i < PROBES; i++) { /* another map of control does not stop them */
			closep(&old->probes[i].link);
			old->probes[i].link = -1;
		}
	return setup_activate(probes, options);
}

int renew_programs(struct probes *probes, const struct options *options)
{
	struct kernel_side old = probes->side;
	enum takeover takeover = probes->takeover;
	int err;

	empty(&probes->side);
	probes->takeover =
	    TAKEOVER_NONE; /* all that is pinned is pinned anew, and takes the other pins' place as a whole */
	err = bring_up(probes, &old, options);
	probes->takeover = takeover;
	if (err) {
		close_programs(&probes->side);
		close_other_maps(&probes->side, &old);
		probes->side = old;
	} else {
		close_programs(&old);
		close_other_maps(&old, &probes->side);
		if (probes->pins)
			err = pins_replace(probes->pins);
	}
	probes->fresh = false;
	if (err)
		log_line("the programs could not be loaded anew: %s", strerror(-err));
	return err;
}
