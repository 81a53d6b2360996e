/* SPDX-License-Identifier: BSD-2-Clause */
/* The two rings as one stream of records, in the order in which they happened. */
#ifndef KMODWATCH_RINGS_H
#define KMODWATCH_RINGS_H

#include "ring.h"

#include <stdbool.h>

/*
 * Takes one record (8-byte aligned, valid during the call, at least a struct record_header). When it returns 0 the
 * record is done with and leaves its ring; a negative errno ends the draining, and the record stays: -EAGAIN just for
 * now.
 */
typedef int (*record_fn)(void *ctx, const void *bytes, size_t size);

enum { RING_PATIENCE_NS = 100000000 };

struct rings {
	struct ring matters, refused;
	struct ring *images;  /* not drained here; NULL: none */
	uint64_t patience_ns; /* how long a half-written record holds up what is behind it */
	bool drained;	      /* the last draining left nothing */
	bool waiting;	      /* the next record is to be tried again soon */
	record_fn take;
	void *ctx;
};

/* Where both rings end: what was sent before is passed once it was taken, whatever came after it. */
struct rings_mark {
	uint64_t matters, refused;
};
struct rings_mark rings_mark(const struct rings *rings);
bool rings_passed(const struct rings *rings, const struct rings_mark *mark);

/* Hands over what is there, at most limit records, without waiting. Returns 0, or take's error. */
int rings_drain(struct rings *rings, size_t limit);

/* What comes next is not ready, as when a program is in the midst of writing it: poll() says there is something, and
 * nothing is to be had. */
bool rings_stalled(struct rings *rings);

#endif
