// SPDX-License-Identifier: BSD-2-Clause
#include "ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

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
	return 0;
}

void ring_unmap(struct ring *ring)
{
	if (ring->memory)
		munmap(ring->memory, 2 * ring->page + 2 * ring->size);
	ring->memory = NULL;
}

static uint64_t *consumer(const struct ring *ring)
{
	return (uint64_t *)ring->memory;
}

uint64_t ring_end(const struct ring *ring)
{
	const uint64_t *position = (const uint64_t *)(ring->memory + ring->page);

	return __atomic_load_n(position, __ATOMIC_ACQUIRE);
}

uint64_t ring_position(const struct ring *ring)
{
	return __atomic_load_n(consumer(ring), __ATOMIC_ACQUIRE);
}

void ring_advance(const struct ring *ring, uint64_t position)
{
	__atomic_store_n(consumer(ring), position, __ATOMIC_RELEASE);
}

enum ring_state ring_peek(const struct ring *ring, uint64_t position, struct ring_entry *entry)
{
	const char *data = ring->memory + 2 * ring->page;

	while (position < ring_end(ring)) {
		const char *header = data + (position & (ring->size - 1));
		uint32_t length = __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);
		uint32_t size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (size > ring->size) /* somebody else wrote into the map */
			return RING_EMPTY;
		position += (size + BPF_RINGBUF_HDR_SZ + 7) & ~7ull;
		if (length & BPF_RINGBUF_DISCARD_BIT)
			continue;
		*entry = (struct ring_entry) { header + BPF_RINGBUF_HDR_SZ, size, position };
		return (length & BPF_RINGBUF_BUSY_BIT) ? RING_BUSY : RING_RECORD;
	}
	return RING_EMPTY;
}

uint64_t ring_count(const struct ring *ring)
{
	struct ring_entry entry = { .next = ring_position(ring) };
	uint64_t count = 0;

	while (ring_peek(ring, entry.next, &entry) == RING_RECORD)
		count++;
	return count;
}
