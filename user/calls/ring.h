/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One kernel ring (BPF_MAP_TYPE_RINGBUF), read without haste: a record is looked at where it lies, and leaves the ring
 * only when it is told to. libbpf's reader cannot do that, and with it a kill would lose what was read and not yet
 * written. The layout is the kernel's ABI: uapi/linux/bpf.h and kernel/bpf/ringbuf.c.
 */
#ifndef KMODWATCH_RING_H
#define KMODWATCH_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	int fd;	     /* of the map; not owned */
	size_t size; /* of the data: a power of two */
	size_t page;
	char *memory; /* what is mapped, NULL: nothing */
};

/* Maps the ring of size bytes behind fd (the caller's, to stay open). Returns 0 or a negative errno. */
int ring_map(struct ring *ring, int fd, size_t size);
void ring_unmap(struct ring *ring);

enum ring_state {
	RING_EMPTY,
	RING_BUSY, /* a program is in the midst of writing the next record */
	RING_RECORD,
};

struct ring_entry {
	const void *bytes; /* 8-byte aligned, in the ring: valid until ring_advance() passes it */
	size_t size;
	uint64_t next; /* the position behind it */
};

/* The position of the oldest record. */
uint64_t ring_position(const struct ring *ring);
/*
 * What is at the position, or the first record behind it that was not discarded. entry is left as it is for RING_EMPTY;
 * for RING_BUSY only `next` is of use.
 */
enum ring_state ring_peek(const struct ring *ring, uint64_t position, struct ring_entry *entry);
/* Gives all before the position back to the kernel. */
void ring_advance(const struct ring *ring, uint64_t position);

/* The position behind the newest record. */
uint64_t ring_end(const struct ring *ring);

/* How many records are in the ring. */
uint64_t ring_count(const struct ring *ring);

#endif
