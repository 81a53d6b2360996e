/* SPDX-License-Identifier: BSD-2-Clause */
/* What probes.c, setup.c, takeover.c and health.c share. */
#ifndef KMODWATCH_SETUP_H
#define KMODWATCH_SETUP_H

#include "object.h"
#include "probes.h"
#include "tools.h"

enum { LEFT_RINGS = 2, LIMITS_SIZE = LIMIT_SLOTS * sizeof(struct limit) };

struct probes {
	struct pins *pins; /* NULL: nothing is pinned */
	char digest[DIGEST_SIZE];
	struct kernel_side side;
	struct handover *handover;
	struct tools tools;
	struct limit *limits; /* the map, LIMIT_SLOTS of them; NULL: not yet */
	enum takeover takeover;
	struct control told;  /* as control was when the programs were told to work */
	bool fresh;	      /* what is pinned is not current yet */
	bool gap;	      /* a probe that the earlier monitor had was gone */
	bool foreign;	      /* what is replaced was another version's */
	int left[LEFT_RINGS]; /* MAP_RING and MAP_REFUSED_RING of what is replaced; -1: could not be had */
	struct number unread; /* records in them; absent where nothing is replaced */
	struct probe_part parts[PROBES];
};

/*
 * Brings everything to work that this kernel can have. Returns 0, or a negative errno after having logged why; then
 * what was opened is still in probes.
 */
int setup_run(struct probes *probes, const struct options *options);
/*
 * Its steps. Loads programs of the next generation, with the maps that there are not yet; lets them go on with
 * themselves; lets them work, and no others. Each returns 0 or a negative errno.
 */
int setup_generation(struct probes *probes, const struct options *options);
int setup_passes(const struct probes *probes);
int setup_activate(struct probes *probes, const struct options *options);
/*
 * Loads all programs anew beside those that work, and lets the new ones take over, as an upgrade does. The maps that
 * side has not are made and pinned. Returns 0, or a negative errno: then the old ones still are what there is.
 */
int setup_renew(struct probes *probes, const struct options *options);
/* Attaches, and pins, what is loaded and not attached yet. Returns how many probes are attached. */
size_t setup_attach(struct probes *probes);

/* How many ms a loader waits for room on the image ring, with the CPUs that there are now. */
uint32_t setup_patience(void);

void kernel_side_close_maps(struct kernel_side *side);
bool probe_is_missing(const struct probe *probe);
/* It is not attached, and there is nothing that speaks against trying it again. */
bool probe_wants_loading(const struct probe *probe);
/* 0: it cannot be told. */
uint32_t map_id(int fd);

#endif
