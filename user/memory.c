// SPDX-License-Identifier: BSD-2-Clause
#include "memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MEMORY_SIZE = 2 * 4 * 1024 * 1024 }; /* bpf/maps.bpf.h */
_Static_assert(sizeof(struct memory) <= MEMORY_SIZE, "the map is too small");

int memory_map(int fd, struct memory **out)
{
	void *memory = mmap(NULL, sizeof(**out), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*out = memory;
	return 0;
}

void memory_unmap(struct memory *memory)
{
	if (memory)
		munmap(memory, sizeof(*memory));
}

void *memory_keep(struct memory *memory, const struct record_view *view)
{
	size_t size = view->record->header.size;
	void *copy;

	for (int i = 0; memory && i < SLOTS; i++) {
		struct slot *slot = &memory->slots[i];

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

static bool is_slot(const struct memory *memory, const void *copy)
{
	return memory && (const char *)copy >= (const char *)memory->slots &&
	       (const char *)copy < (const char *)(memory->slots + SLOTS);
}

void memory_drop(struct memory *memory, void *copy)
{
	if (is_slot(memory, copy)) {
		struct slot *slot = (struct slot *)((char *)copy - offsetof(struct slot, record));

		__atomic_store_n(&slot->used, 0, __ATOMIC_RELEASE);
	} else {
		free(copy);
	}
}

void memory_leave(const struct memory *memory, void *copy)
{
	if (!is_slot(memory, copy))
		free(copy);
}

bool memory_is_last(const struct memory *memory, const struct record_header *header)
{
	return memory->last.time == header->time && memory->last.cpu == header->cpu &&
	       memory->last.kind == header->kind;
}

void memory_set_last(struct memory *memory, const struct record_header *header)
{
	memory->last = (struct record_id) { header->time, header->cpu, header->kind };
}

void memory_set_blind(struct memory *memory, size_t i, const char *reason, uint64_t since)
{
	struct blindness *blind = &memory->blind[i];

	if (reason != blind->reason)
		snprintf(blind->reason, sizeof(blind->reason), "%s", reason);
	if (!blind->since) {
		blind->told = 0;
		__atomic_store_n(&blind->since, since, __ATOMIC_RELEASE);
	}
}

bool memory_is_settled(const struct memory *memory, const struct record_header *header)
{
	/* one more than were counted: a kill can come before the count */
	for (uint64_t i = 0; i < SETTLED_KEPT && i <= memory->settled_count; i++) {
		const struct attempt_id *id = &memory->settled[i];

		if (id->time == header->attempt_time && id->cpu == header->attempt_cpu && id->tid == header->tid)
			return true;
	}
	return false;
}

/* The count last: a kill before it costs the oldest one's place. */
void memory_set_settled(struct memory *memory, const struct record_header *header)
{
	memory->settled[memory->settled_count % SETTLED_KEPT] =
	    (struct attempt_id) { header->attempt_time, header->attempt_cpu, header->tid };
	memory->settled_count++;
}

uint32_t memory_reader(const struct memory *memory)
{
	return memory->pids[memory->runs % RUNS_KEPT];
}

void memory_set_reader(struct memory *memory, uint32_t pid)
{
	memory->pids[(memory->runs + 1) % RUNS_KEPT] = pid;
	memory->runs++;
}

bool memory_has_reader(const struct memory *memory, uint32_t pid)
{
	for (int i = 0; i < RUNS_KEPT; i++)
		if (memory->pids[i] == pid)
			return true;
	return false;
}
