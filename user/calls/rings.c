// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two rings, one order. What a process does is on the rings before it goes on. So when its refused record is visible,
 * its earlier ones are whole on the other ring, if not at its head: writers on other CPUs may have got in between. They
 * are looked for there. The other way round it is enough to look at the refused ring after the one that matters, and
 * what matters never waits for what anyone may cause.
 */
#include "rings.h"

#include "../../bpf/records.h"
#include "../clock.h"

#include <errno.h>

/* How far to look for records that got onto the ring out of their order: more than CPUs write at a time. */
enum { LOOK_AHEAD = 256 };

static uint64_t time_of(const struct ring_entry *entry)
{
	const struct record_header *header = entry->bytes;

	return entry->size < sizeof(*header) ? 0 : header->time;
}

/*
 * Whether the ring holds, or may come to hold, a record from before the moment. Behind another a half-written one is
 * passed over: to wait for it would be to take the ring's head first, and that is likely to be what the process of the
 * refused record did next.
 */
static bool has_earlier(struct ring *ring, uint64_t time)
{
	struct ring_entry entry = { .next = ring->place.next };

	for (int i = 0; i < LOOK_AHEAD; i++) {
		enum ring_state state = ring_peek(ring, entry.next, &entry);

		if (state == RING_EMPTY)
			return false;
		if (state == RING_BUSY ? !i : time_of(&entry) < time)
			return true;
	}
	return false;
}

/*
 * The next record of the ring. One whose writer does not get on (anyone can lower his own priority, and be preempted in
 * the midst of writing) holds up what is behind it for so long only.
 */
static enum ring_state next_of(const struct rings *rings, struct ring *ring, struct ring_entry *entry)
{
	for (;;) {
		enum ring_state state = ring_next(ring, entry);
		uint64_t now;

		if (state != RING_BUSY)
			return state;
		now = clock_boot_ns();
		if (!ring->busy_since)
			ring->busy_since = now;
		if (now - ring->busy_since < rings->patience_ns || !ring_skip(ring, entry))
			return RING_BUSY;
	}
}

/* The ring to read next, with its record; NULL: there is nothing, or it has to wait. */
static struct ring *choose(struct rings *rings, struct ring_entry *entry)
{
	for (;;) {
		struct ring_entry matters, refused;
		enum ring_state first = next_of(rings, &rings->matters, &matters);
		enum ring_state second = next_of(rings, &rings->refused, &refused);

		if (second == RING_RECORD && !has_earlier(&rings->matters, time_of(&refused))) {
			*entry = refused;
			return &rings->refused;
		}
		if (first == RING_RECORD) { /* the ring was looked at since */
			first = ring_peek(&rings->matters, matters.at, entry);
			return first == RING_RECORD ? &rings->matters : NULL;
		}
		if (second != RING_RECORD || first == RING_BUSY)
			return NULL;
		/* something came onto the first ring meanwhile */
	}
}

static bool stalled(struct ring *ring)
{
	struct ring_entry entry;

	return ring_has_skipped(ring) || ring_peek(ring, ring->place.next, &entry) == RING_BUSY;
}

bool rings_stalled(struct rings *rings)
{
	return rings->waiting || stalled(&rings->matters) || stalled(&rings->refused) ||
	       (rings->images && ring_has_skipped(rings->images));
}

int rings_drain(struct rings *rings, size_t limit)
{
	struct ring_entry entry;
	struct ring *ring;
	int err = 0;

	rings->drained = rings->waiting = false;
	ring_check(&rings->matters);
	ring_check(&rings->refused);
	while (!err && limit--) {
		ring = choose(rings, &entry);
		if (!ring) {
			rings->drained = !stalled(&rings->matters) && !stalled(&rings->refused);
			break;
		}
		err = rings->take(rings->ctx, entry.bytes, entry.size);
		if (!err)
			ring_take(ring, &entry);
	}
	rings->waiting = err == -EAGAIN;
	return rings->waiting ? 0 : err;
}

struct rings_mark rings_mark(const struct rings *rings)
{
	return (struct rings_mark) { ring_end(&rings->matters), ring_end(&rings->refused) };
}

bool rings_passed(const struct rings *rings, const struct rings_mark *mark)
{
	return rings->matters.place.next >= mark->matters && rings->refused.place.next >= mark->refused;
}
