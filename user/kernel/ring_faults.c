// SPDX-License-Identifier: BSD-2-Clause
#include "ring_faults.h"
#include "probe.h"

enum { RINGS = 3 };
static const enum map ring_maps[RINGS] = { MAP_RING, MAP_REFUSED_RING, MAP_IMAGE_RING };

static void list(struct rings *rings, struct ring *all[static RINGS])
{
	all[0] = &rings->matters;
	all[1] = &rings->refused;
	all[2] = rings->images;
}

bool ring_faults_any(const struct rings *rings)
{
	return rings->matters.moved || rings->refused.moved || (rings->images && rings->images->moved);
}

static const char *why(const struct ring *ring)
{
	return ring->overrun
		   ? "somebody moved the position that it is read from, and what was not read yet was written over"
		   : "somebody moved the position that it is read from: it was put back, and nothing is lost";
}

void ring_faults_take(struct rings *rings, const char **found)
{
	struct ring *all[RINGS];

	list(rings, all);
	for (int i = 0; i < RINGS; i++) {
		if (!all[i] || !all[i]->moved)
			continue;
		found[ring_maps[i]] = why(all[i]);
		all[i]->moved = false;
	}
}

/* How many there were nobody knows. Of the images, each line says what is missing. */
int ring_faults_tell(struct rings *rings, emit_fn emit, void *ctx)
{
	struct ring *all[RINGS];
	int err = 0;

	list(rings, all);
	for (int i = 0; !err && i < RINGS; i++) {
		struct event event = { .kind = EVENT_EVENTS_LOST, .count = NUMBER_UNKNOWN };

		if (!all[i] || !all[i]->overrun)
			continue;
		event.what = text_of("overwritten record");
		err = ring_maps[i] == MAP_IMAGE_RING ? 0 : emit(ctx, &event);
		all[i]->overrun = err;
	}
	return err;
}
