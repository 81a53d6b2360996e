/* SPDX-License-Identifier: BSD-2-Clause */
/* What the keeper of the kernel side holds: for the files of this folder. */
#ifndef KMODWATCH_KEEPER_H
#define KMODWATCH_KEEPER_H

#include "../output/event.h"
#include "object.h"
#include "tools.h"

struct pins;

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

#endif
