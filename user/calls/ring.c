// SPDX-License-Identifier: BSD-2-Clause
#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static uint64_t *shared(const struct ring *ring)
{
	return (uint64_t *)ring->memory;
}

static uint64_t shared_position(const struct ring *ring)
{
	return __atomic_load_n(shared(ring), __ATOMIC_ACQUIRE);
}

/* A page for the consumer's position, one for the producer's, then the data twice, so that no record is split. */
int ring_map(struct ring *ring, int fd, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t whole = 2 * page + 2 * size;
	char *memory = mmap(NULL, whole, PROT_READ, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	if (mmap(memory, page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
		int err = -errno;

		munmap(memory, whole);
		return err;
	}
	*ring = (struct ring) { .fd = fd, .size = size, .page = page, .memory = memory };
	ring->place.next = ring->given = shared_position(ring);
	return 0;
}

void ring_unmap(struct ring *ring)
{
	if (ring->memory)
		munmap(ring->memory, 2 * ring->page + 2 * ring->size);
	ring->memory = NULL;
}

uint64_t ring_end(const struct ring *ring)
{
	const uint64_t *position = (const uint64_t *)(ring->memory + ring->page);

	return __atomic_load_n(position, __ATOMIC_ACQUIRE);
}

/* The position of the oldest record that is still to be read. */
static uint64_t oldest(const struct ring *ring)
{
	uint64_t position = ring->place.next;

	for (int i = 0; i < SKIPPED_MAX; i++)
		if (ring->place.skipped[i] && (ring->place.skipped[i] & ~1ull) < position)
			position = ring->place.skipped[i] & ~1ull;
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
	ring->given = oldest(ring);
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
	if (!is_there(ring, oldest(ring))) /* only now nothing more is written over */
		give_up(ring);
}

/*
 * A kill leaves the shared position where the kept one is, or before it; and of what was about to be skipped a note
 * that does not count yet.
 */
void ring_follow(struct ring *ring, struct ring_place *kept)
{
	uint64_t position = shared_position(ring);

	ring->kept = kept;
	ring->place = *kept;
	ring->given = position;
	for (int i = 0; i < SKIPPED_MAX; i++)
		if (ring->place.skipped[i] > ring->place.next)
			ring->place.skipped[i] = 0;
	ring->moved = position > oldest(ring);
	if (is_there(ring, oldest(ring)))
		give_back(ring);
	else
		give_up(ring);
}

enum ring_state ring_peek(const struct ring *ring, uint64_t position, struct ring_entry *entry)
{
	const char *data = ring->memory + 2 * ring->page;

	while (position < ring_end(ring)) {
		const char *header = data + (position & (ring->size - 1));
		uint32_t length = __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);
		uint32_t size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		uint64_t at = position;

		if (size > ring->size) /* no record begins here */
			return RING_EMPTY;
		position += (size + BPF_RINGBUF_HDR_SZ + 7) & ~7ull;
		if (length & BPF_RINGBUF_DISCARD_BIT)
			continue;
		*entry = (struct ring_entry) { header + BPF_RINGBUF_HDR_SZ, size, at, position };
		return (length & BPF_RINGBUF_BUSY_BIT) ? RING_BUSY : RING_RECORD;
	}
	return RING_EMPTY;
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
	*entry = found;
	return true;
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

uint64_t ring_count(const struct ring *ring)
{
	struct ring_entry entry = { .next = ring->place.next };
	uint64_t count = 0;

	for (int i = 0; i < SKIPPED_MAX; i++)
		count += ring->place.skipped[i] != 0;
	while (ring_peek(ring, entry.next, &entry) == RING_RECORD)
		count++;
	return count;
}
