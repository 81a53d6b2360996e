/* SPDX-License-Identifier: BSD-2-Clause */
/* What we have in the kernel: the maps, and the programs with the places they are attached to. */
#ifndef KMODWATCH_PROBE_H
#define KMODWATCH_PROBE_H

#include "../handover.h"
#include "programs.h"

#include <stdbool.h>
#include <stdint.h>

struct probe {
	int program, link; /* descriptors; -1: none */
	uint32_t link_id;
	char mechanism[16]; /* the section's name, mechanism/target */
	char target[48];
	bool for_audit; /* as its program is */
	bool optional;	/* nothing is lost where the kernel has no such function */
	bool pinned;
	bool complained;	  /* that it cannot be pinned */
	char reason[REASON_SIZE]; /* why it is not attached */
};

/* The maps that the programs work on, by their names in bpf/. */
#define MAPS_OF_OBJECT(MAP)                     \
	MAP(RING, ring)                         \
	MAP(REFUSED_RING, refused_ring)         \
	MAP(IMAGE_RING, image_ring)             \
	MAP(FILE_PASSES, file_passes)           \
	MAP(MEMORY_PASSES, memory_passes)       \
	MAP(ATTEMPTS, attempts)                 \
	MAP(WORKSPACES, workspaces)             \
	MAP(WORKSPACE_OWNERS, workspace_owners) \
	MAP(LOST, lost)                         \
	MAP(TOOLS, tools)                       \
	MAP(REQUESTS, requests)                 \
	MAP(UNDER_WAY, under_way)               \
	MAP(LIMITS, limits)                     \
	MAP(LIMIT_OWNERS, limit_owners)         \
	MAP(CONTROL, control)                   \
	MAP(HANDOVER, handover)                 \
	MAP(OBJECTS, objects)

#define MAP_NUMBER(symbol, name) MAP_##symbol,
enum map { MAPS_OF_OBJECT(MAP_NUMBER) MAPS };
extern const char *const map_names[MAPS];

struct kernel_side {
	int maps[MAPS]; /* descriptors; -1: none */
	struct probe probes[PROBES];
	int order;	     /* the program of bpf/order.bpf.c; -1: none */
	uint32_t generation; /* of the programs */
};

#endif
