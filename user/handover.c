// SPDX-License-Identifier: BSD-2-Clause
#include "handover.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MEMORY_SIZE = 2 * 4 * 1024 * 1024 }; /* bpf/maps.bpf.h */
_Static_assert(sizeof(struct handover) <= MEMORY_SIZE, "the map is too small");

int handover_map(int fd, struct handover **out)
{
	void *handover = mmap(NULL, sizeof(**out), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (handover == MAP_FAILED)
		return -errno;
	madvise(handover, sizeof(**out), MADV_DONTFORK); /* as in ring_map() */
	*out = handover;
	return 0;
}

void handover_unmap(struct handover *handover)
{
	if (handover)
		munmap(handover, sizeof(*handover));
}

void *handover_keep(struct handover *handover, const struct record_view *view)
{
	size_t size = view->record->header.size;
	void *copy;

	for (int i = 0; handover && i < SLOTS; i++) {
		struct slot *slot = &handover->slots[i];

		if (slot->used || size > sizeof(slot->record))
			continue;
		memcpy(slot->record, view->record, size);
		__atomic_store_n(&slot->used, 1, __ATOMIC_RELEASE);
		return slot->record;
	}
	copy = malloc(size);
	if (copy)
		memcpy(copy, view->record, size);
	return copy;
}

static bool is_slot(const struct handover *handover, const void *copy)
{
	return handover && (const char *)copy >= (const char *)handover->slots &&
	       (const char *)copy < (const char *)(handover->slots + SLOTS);
}

void handover_drop(struct handover *handover, void *copy)
{
	if (is_slot(handover, copy)) {
		struct slot *slot = (struct slot *)((char *)copy - offsetof(struct slot, record));

		__atomic_store_n(&slot->used, 0, __ATOMIC_RELEASE);
	} else {
		free(copy);
	}
}

void handover_leave(const struct handover *handover, void *copy)
{
	if (!is_slot(handover, copy))
		free(copy);
}

bool handover_is_last(const struct handover *handover, const struct record_header *header)
{
	return handover->last.time == header->time && handover->last.cpu == header->cpu &&
	       handover->last.kind == header->kind;
}

void handover_set_last(struct handover *handover, const struct record_header *header)
{
	handover->last = (struct record_id) { header->time, header->cpu, header->kind };
}

void handover_set_blind(struct handover *handover, size_t i, const char *reason, uint64_t since)
{
	struct blindness *blind = &handover->blind[i];

	if (reason != blind->reason)
		snprintf(blind->reason, sizeof(blind->reason), "%s", reason);
	if (!blind->since) {
		blind->told = 0;
		__atomic_store_n(&blind->since, since, __ATOMIC_RELEASE);
	}
}

bool handover_is_settled(const struct handover *handover, const struct record_header *header)
{
	/* one more than were counted: a kill can come before the count */
	for (uint64_t i = 0; i < SETTLED_KEPT && i <= handover->settled_count; i++) {
		const struct attempt_id *id = &handover->settled[i];

		if (id->time == header->attempt_time && id->cpu == header->attempt_cpu && id->tid == header->tid)
			return true;
	}
	return false;
}

/* The count last: a kill before it costs the oldest one's place. */
void handover_set_settled(struct handover *handover, const struct record_header *header)
{
	handover->settled[handover->settled_count % SETTLED_KEPT] =
	    (struct attempt_id) { header->attempt_time, header->attempt_cpu, header->tid };
	handover->settled_count++;
}

uint32_t handover_reader(const struct handover *handover)
{
	return handover->readers.pids[handover->readers.runs % RUNS_KEPT];
}

static bool is_start(uint64_t a, uint64_t b)
{
	return a - b < START_NS || b - a < START_NS;
}

void handover_set_reader(struct handover *handover, uint32_t pid, uint64_t start)
{
	uint32_t now = handover->readers.runs % RUNS_KEPT, next = (handover->readers.runs + 1) % RUNS_KEPT;

	if (handover->readers.pids[now] == pid && is_start(handover->readers.starts[now], start))
		return;
	handover->readers.starts[next] = start;
	handover->readers.pids[next] = pid;
	handover->readers.runs++;
}

bool readers_have(const struct readers *readers, uint32_t pid, uint64_t start)
{
	for (int i = 0; i < RUNS_KEPT; i++)
		if (readers->pids[i] == pid && (!start || is_start(readers->starts[i], start)))
			return true;
	return false;
}
