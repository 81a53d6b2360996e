// SPDX-License-Identifier: BSD-2-Clause
/*
 * Two rings, one order. What a process does is on the rings before it goes on, so of its records the one that matters
 * is visible no later than the refused one that follows it: the refused ring is read last, and what it holds from after
 * the moment at which the reading began waits for the next round.
 */
#include "ring.h"
#include "../cleanup.h"
#include "clock.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../../bpf/event.h"

enum {
	BATCH = 512,  /* records of one ring in one round: bounds memory under a flood */
	HOLD_MS = 10, /* how long a refused record can wait for the other ring to be read again */
};

/* Records copied off a ring, oldest first. */
struct queue {
	struct ring_buffer *ring;
	void *records[BATCH];
	size_t first, count;
};

struct ring {
	struct queue matters, refused;
	record_fn take;
	void *ctx;
};

/* A callback's error stops libbpf after this record, with the record counted as read. */
static int copy_record(void *ctx, void *bytes, size_t size)
{
	struct queue *queue = ctx;
	void *copy = malloc(size);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, bytes, size);
	queue->records[queue->count++] = copy;
	return queue->count == BATCH ? -ENOBUFS : 0;
}

/* Reads on until the ring is empty or the queue full (*full). */
static int queue_fill(struct queue *queue, bool *full)
{
	int n;

	memmove(queue->records, queue->records + queue->first, (queue->count - queue->first) * sizeof(void *));
	queue->count -= queue->first;
	queue->first = 0;
	*full = queue->count == BATCH;
	if (*full)
		return 0;
	n = ring_buffer__consume(queue->ring);
	*full = n == -ENOBUFS;
	return n < 0 && n != -ENOBUFS ? n : 0;
}

static const struct record_header *queue_head(const struct queue *queue)
{
	return queue->first < queue->count ? queue->records[queue->first] : NULL;
}

static int queue_take(struct ring *ring, struct queue *queue)
{
	_cleanup_(freep) void *record = queue->records[queue->first++];
	const struct record_header *header = record;

	return ring->take(ring->ctx, record, header->size);
}

/* One round; *more: there is something left that can be had at once. all: nothing will come any more, so nothing waits.
 */
static int round_once(struct ring *ring, bool all, bool *more)
{
	uint64_t horizon = all ? UINT64_MAX : clock_boot_ns();
	const struct record_header *matters, *refused;
	bool matters_full, refused_full;
	int err;

	err = queue_fill(&ring->matters, &matters_full);
	if (!err)
		err = queue_fill(&ring->refused, &refused_full);
	if (err)
		return err;
	/* what is still on the first ring is later than its last record here, and may be earlier than the refused */
	if (matters_full)
		horizon = ((const struct record_header *)ring->matters.records[BATCH - 1])->time;
	while (!err) {
		matters = queue_head(&ring->matters);
		refused = queue_head(&ring->refused);
		if (refused && refused->time <= horizon && (!matters || refused->time < matters->time))
			err = queue_take(ring, &ring->refused);
		else if (matters)
			err = queue_take(ring, &ring->matters);
		else
			break;
	}
	*more = matters_full || refused_full;
	return err;
}

static int drain(struct ring *ring, bool all)
{
	bool more = true;
	int err = 0;

	while (!err && more)
		err = round_once(ring, all, &more);
	return err;
}

int ring_drain(struct ring *ring)
{
	return drain(ring, true);
}

int ring_wait(struct ring *ring, int watch_fd, int wake_fd, int timeout_ms)
{
	bool held = queue_head(&ring->refused) != NULL;
	struct pollfd fds[] = {
		{ .fd = ring_buffer__epoll_fd(ring->matters.ring), .events = POLLIN },
		{ .fd = ring_buffer__epoll_fd(ring->refused.ring), .events = POLLIN },
		{ .fd = watch_fd },
		{ .fd = wake_fd, .events = POLLIN },
	};

	if (poll(fds, 4, held ? HOLD_MS : timeout_ms) < 0)
		return -errno;
	if (fds[2].revents & (POLLERR | POLLHUP | POLLNVAL))
		return -EPIPE;
	return drain(ring, false);
}

static void queue_free(struct queue *queue)
{
	while (queue->first < queue->count)
		free(queue->records[queue->first++]);
	ring_buffer__free(queue->ring);
}

int ring_new(const struct bpf_map *matters, const struct bpf_map *refused, record_fn take, void *ctx, struct ring **out)
{
	_cleanup_(ring_freep) struct ring *ring = calloc(1, sizeof(*ring));

	if (!ring)
		return -ENOMEM;
	ring->take = take;
	ring->ctx = ctx;
	ring->matters.ring = ring_buffer__new(bpf_map__fd(matters), copy_record, &ring->matters, NULL);
	if (!ring->matters.ring)
		return -errno;
	ring->refused.ring = ring_buffer__new(bpf_map__fd(refused), copy_record, &ring->refused, NULL);
	if (!ring->refused.ring)
		return -errno;
	*out = ring;
	ring = NULL;
	return 0;
}

void ring_freep(struct ring **ring)
{
	if (!*ring)
		return;
	queue_free(&(*ring)->matters);
	queue_free(&(*ring)->refused);
	free(*ring);
	*ring = NULL;
}
