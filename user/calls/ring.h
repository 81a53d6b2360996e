/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One kernel ring (BPF_MAP_TYPE_RINGBUF), read without haste: a record is looked at where it lies, and leaves the ring
 * only when it is told to. libbpf's reader cannot do that, and with it a kill would lose what was read and not yet
 * written. The layout is the kernel's ABI: uapi/linux/bpf.h and kernel/bpf/ringbuf.c.
 *
 * The position that the kernel shares with the reader can be moved by anyone who has the map in hand. So the reader
 * goes by its own, and puts the shared one back where it differs.
 */
#ifndef KMODWATCH_RING_H
#define KMODWATCH_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SKIPPED_MAX = 16,
	RING_WINDOW = 512 * 1024, /* bytes that are mapped at a time, or as many as the record there has */
};

/* Where a reader stands: it may lie in what outlives the reader. A kill between any two stores loses nothing. */
struct ring_place {
	uint64_t next; /* the position of the first record that was not looked at */
	/* of records before it that were not whole yet and are still to be read: position | 1; 0: none */
	uint64_t skipped[SKIPPED_MAX];
};

/* The part of the data that is mapped. */
struct ring_window {
	char *memory; /* NULL: none is */
	size_t from, size;
};

struct ring {
	int fd;	     /* of the map; not owned */
	size_t size; /* of the data: a power of two */
	size_t page;
	char *positions; /* the two that are shared with the kernel, a page each; NULL: nothing is mapped */
	struct ring_window window;
	struct ring_place place;
	struct ring_place *kept; /* its copy that outlives the reader; NULL: there is none */
	uint64_t given;		 /* what the shared position was set to last */
	uint64_t busy_since;	 /* ns since boot: when the record at place.next was first found half-written; 0: not */
	bool moved;		 /* somebody moved the shared position, or changed the copy */
	bool overrun;		 /* and the kernel has written over what was not read */
};

/* Maps the ring of size bytes behind fd (the caller's, to stay open). Returns 0 or a negative errno. */
int ring_map(struct ring *ring, int fd, size_t size);
void ring_unmap(struct ring *ring);
/* Reads on from where the reader before this one stood, and keeps the place there (not owned). */
void ring_follow(struct ring *ring, struct ring_place *kept);

enum ring_state {
	RING_EMPTY,
	RING_BUSY, /* a program is in the midst of writing the next record, or there is no memory to look at it */
	RING_RECORD,
};

struct ring_entry {
	const void *bytes; /* 8-byte aligned, in the ring: valid until the ring is looked at again */
	size_t size;
	uint64_t at, next; /* its position, and the one behind it; the same where that is not known */
};

/*
 * What is at the position, or the first record behind it that was not discarded. entry is left as it is for RING_EMPTY;
 * for RING_BUSY only the positions are of use.
 */
enum ring_state ring_peek(struct ring *ring, uint64_t position, struct ring_entry *entry);

/* The next record to read: one that was skipped and is whole now, else the one at place.next. */
enum ring_state ring_next(struct ring *ring, struct ring_entry *entry);
/* It was read: it, and what was discarded before it, goes back to the kernel. */
void ring_take(struct ring *ring, const struct ring_entry *entry);
/* Reads on behind the half-written record, and comes back to it. False: too many are skipped already. */
bool ring_skip(struct ring *ring, const struct ring_entry *entry);
/* Whether a record was skipped and is not whole yet. */
bool ring_has_skipped(const struct ring *ring);

/* Puts the shared position back where somebody moved it: `moved` and, where records are gone, `overrun` then say so. */
void ring_check(struct ring *ring);

/* The position behind the newest record. */
uint64_t ring_end(const struct ring *ring);

/* How many records there are to read. */
uint64_t ring_count(struct ring *ring);

#endif
