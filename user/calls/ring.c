// SPDX-License-Identifier: BSD-2-Clause
#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t *shared(const struct ring *ring)
{
	return (uint64_t *)ring->positions;
}

static uint64_t shared_position(const struct ring *ring)
{
	return __atomic_load_n(shared(ring), __ATOMIC_ACQUIRE);
}

/* The audit check's child does not read it, and is made each minute: so much less to copy and to give back. */
static void *map_for_us(size_t size, int fd, size_t offset)
{
	void *memory = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, (off_t)offset);

	if (memory != MAP_FAILED)
		madvise(memory, size, MADV_DONTFORK);
	return memory;
}

/* A page for the consumer's position, one for the producer's, then the data twice, so that no record is split. */
int ring_map(struct ring *ring, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *positions = map_for_us(2 * page, fd, 0);

	if (positions == MAP_FAILED)
		return -errno;
	if (mmap(positions, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
		int err = -errno;

		munmap(positions, 2 * page);
		return err;
	}
	madvise(positions, page, MADV_DONTFORK);
	*ring = (struct ring) { .fd = fd, .size = size, .page = page, .positions = positions };
	ring->place.next = ring->given = shared_position(ring);
	return 0;
}

void ring_unmap(struct ring *ring)
{
	if (ring->window.memory)
		munmap(ring->window.memory, ring->window.size);
	if (ring->positions)
		munmap(ring->positions, 2 * ring->page);
	ring->window = (struct ring_window) { 0 };
	ring->positions = NULL;
}

/*
 * Where the bytes from the position on are mapped. The kernel counts each page that is mapped as the process's memory,
 * touched or not, and the double mapping twice: so only a window is. NULL: no memory for another, the old one stays.
 */
static const char *bytes_at(struct ring *ring, uint64_t position, size_t size)
{
	struct ring_window *window = &ring->window;
	size_t at = position & (ring->size - 1), from = at & ~(ring->page - 1), most = 2 * ring->size - from;
	size_t wanted = at - from + size;
	char *memory;

	if (at >= window->from && at + size <= window->from + window->size)
		return window->memory + (at - window->from);
	wanted = (wanted + ring->page - 1) & ~(ring->page - 1);
	if (wanted < RING_WINDOW)
		wanted = most < RING_WINDOW ? most : RING_WINDOW;
	memory = map_for_us(wanted, ring->fd, 2 * ring->page + from);
	if (memory == MAP_FAILED)
		return NULL;
	if (window->memory)
		munmap(window->memory, window->size);
	*window = (struct ring_window) { .memory = memory, .from = from, .size = wanted };
	return memory + (at - from);
}

uint64_t ring_end(const struct ring *ring)
{
	const uint64_t *position = (const uint64_t *)(ring->positions + ring->page);

	return __atomic_load_n(position, __ATOMIC_ACQUIRE);
}

/* The position of the oldest record that is still to be read. */
static uint64_t oldest(const struct ring_place *place)
{
	uint64_t position = place->next;

	for (int i = 0; i < SKIPPED_MAX; i++)
		if (place->skipped[i] && (place->skipped[i] & ~1ull) < position)
			position = place->skipped[i] & ~1ull;
	return position;
}

/* Whether what is from the position on is still there. */
static bool is_there(const struct ring *ring, uint64_t position)
{
	uint64_t end = ring_end(ring);

	return position <= end && end - position <= ring->size;
}

static void keep(struct ring *ring)
{
	if (!ring->kept)
		return;
	memcpy(ring->kept->skipped, ring->place.skipped, sizeof(ring->place.skipped));
	__atomic_store_n(&ring->kept->next, ring->place.next, __ATOMIC_RELEASE);
}

/* The own position first: a kill in between leaves the shared one behind, which costs room until the next record. */
static void give_back(struct ring *ring)
{
	keep(ring);
	ring->moved |= shared_position(ring) != ring->given;
	ring->given = oldest(&ring->place);
	__atomic_store_n(shared(ring), ring->given, __ATOMIC_RELEASE);
}

/* Only the newest record's end is known to be where another begins. */
static void give_up(struct ring *ring)
{
	ring->place = (struct ring_place) { .next = ring_end(ring) };
	ring->busy_since = 0;
	ring->overrun = true;
	give_back(ring);
}

void ring_check(struct ring *ring)
{
	if (ring->kept && memcmp(ring->kept, &ring->place, sizeof(ring->place)) != 0) {
		ring->moved = true;
		keep(ring);
	}
	if (shared_position(ring) != ring->given)
		give_back(ring);
	if (!is_there(ring, oldest(&ring->place))) /* only now nothing more is written over */
		give_up(ring);
}

/* What stands at the position: discarded or not. -EINVAL: nothing does. */
static int ring_step(struct ring *ring, uint64_t position, struct ring_entry *entry)
{
	const char *header;
	uint32_t length, size;

	if (position >= ring_end(ring) || position % BPF_RINGBUF_HDR_SZ) /* each takes up a multiple of that */
		return -EINVAL;
	*entry = (struct ring_entry) { .at = position, .next = position };
	header = bytes_at(ring, position, BPF_RINGBUF_HDR_SZ);
	if (!header)
		return RING_BUSY;
	length = __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);
	size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
	if (!size || size > ring->size) /* no record begins here */
		return -EINVAL;
	if (!(length & (BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT))) {
		header = bytes_at(ring, position, BPF_RINGBUF_HDR_SZ + (size_t)size);
		if (!header)
			return RING_BUSY;
		entry->bytes = header + BPF_RINGBUF_HDR_SZ;
	}
	entry->size = size;
	entry->next = position + ((size + BPF_RINGBUF_HDR_SZ + 7) & ~7ull);
	if (length & BPF_RINGBUF_DISCARD_BIT)
		return RING_EMPTY;
	return (length & BPF_RINGBUF_BUSY_BIT) ? RING_BUSY : RING_RECORD;
}

enum ring_state ring_peek(struct ring *ring, uint64_t position, struct ring_entry *entry)
{
	struct ring_entry one;
	int state;

	do {
		state = ring_step(ring, position, &one);
		if (state < 0)
			return RING_EMPTY;
		position = one.next;
	} while (state == RING_EMPTY);
	*entry = one;
	return state;
}

/*
 * Whether records stand from the one position to the other: else one of the two is where none begins. What there is no
 * memory to look at speaks against nothing.
 */
static bool leads_to(struct ring *ring, uint64_t position, uint64_t to)
{
	struct ring_entry entry;

	while (position < to) {
		if (ring_step(ring, position, &entry) < 0)
			return false;
		if (entry.next == position)
			return true;
		position = entry.next;
	}
	return position == to;
}

static bool is_sound(struct ring *ring, const struct ring_place *place)
{
	uint64_t first = oldest(place);

	return is_there(ring, first) && leads_to(ring, first, place->next) &&
	       leads_to(ring, place->next, ring_end(ring));
}

/* Whether there is at most one record between the shared position and the place. */
static bool is_next_to(struct ring *ring, const struct ring_place *place, uint64_t position)
{
	struct ring_entry entry = { .next = position };

	ring_peek(ring, position, &entry);
	return oldest(place) <= entry.next;
}

/*
 * A kill leaves the shared position where the kept one is, or one record before it; and of what was about to be skipped
 * a note that does not count yet. All else is somebody's work. Then the position counts that nothing is lost by.
 */
void ring_follow(struct ring *ring, struct ring_place *kept)
{
	const struct ring_place at_shared = { .next = shared_position(ring) };
	bool sound;

	ring->kept = kept;
	ring->place = *kept;
	ring->given = at_shared.next;
	for (int i = 0; i < SKIPPED_MAX; i++)
		if (ring->place.skipped[i] > ring->place.next)
			ring->place.skipped[i] = 0;
	sound = is_sound(ring, &ring->place);
	ring->moved = !sound || at_shared.next > oldest(&ring->place);
	if (is_sound(ring, &at_shared) && (!sound || !is_next_to(ring, &ring->place, at_shared.next))) {
		ring->place = at_shared;
		ring->moved = sound = true;
	}
	if (sound)
		give_back(ring);
	else
		give_up(ring);
}

/* Of what was skipped, the oldest that is whole. What turned out to be discarded is forgotten. */
static bool find_whole(struct ring *ring, struct ring_entry *entry)
{
	struct ring_entry found = { .at = UINT64_MAX }, one;

	for (int i = 0; i < SKIPPED_MAX; i++) {
		uint64_t at = ring->place.skipped[i] & ~1ull;
		enum ring_state state;

		if (!ring->place.skipped[i])
			continue;
		state = ring_peek(ring, at, &one);
		if (state == RING_EMPTY || one.at != at) {
			ring->place.skipped[i] = 0;
			give_back(ring);
		} else if (state == RING_RECORD && at < found.at) {
			found = one;
		}
	}
	if (found.at == UINT64_MAX)
		return false;
	return ring_peek(ring, found.at, entry) == RING_RECORD; /* others were looked at since */
}

enum ring_state ring_next(struct ring *ring, struct ring_entry *entry)
{
	return find_whole(ring, entry) ? RING_RECORD : ring_peek(ring, ring->place.next, entry);
}

void ring_take(struct ring *ring, const struct ring_entry *entry)
{
	for (int i = 0; i < SKIPPED_MAX; i++)
		if (ring->place.skipped[i] == (entry->at | 1))
			ring->place.skipped[i] = 0;
	if (entry->at >= ring->place.next) {
		ring->place.next = entry->next;
		ring->busy_since = 0;
	}
	give_back(ring);
}

bool ring_skip(struct ring *ring, const struct ring_entry *entry)
{
	if (entry->next == entry->at) /* where it ends is not known */
		return false;
	for (int i = 0; i < SKIPPED_MAX; i++) {
		if (ring->place.skipped[i])
			continue;
		ring->place.skipped[i] = entry->at | 1;
		ring->place.next = entry->next;
		ring->busy_since = 0;
		give_back(ring);
		return true;
	}
	return false;
}

bool ring_has_skipped(const struct ring *ring)
{
	for (int i = 0; i < SKIPPED_MAX; i++)
		if (ring->place.skipped[i])
			return true;
	return false;
}

uint64_t ring_count(struct ring *ring)
{
	struct ring_entry entry = { .next = ring->place.next };
	uint64_t count = 0;

	for (int i = 0; i < SKIPPED_MAX; i++)
		count += ring->place.skipped[i] != 0;
	while (ring_peek(ring, entry.next, &entry) == RING_RECORD)
		count++;
	return count;
}
