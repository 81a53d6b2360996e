/* SPDX-License-Identifier: BSD-2-Clause */
/* The maps that the programs work on. On this side, this is the only list of them. */
#ifndef KMODWATCH_MAPS_H
#define KMODWATCH_MAPS_H

/* By their names in bpf/. */
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
	MAP(OBJECTS, objects)                   \
	MAP(CARRIERS, carriers)                 \
	MAP(CARRIER_COUNTS, carrier_counts)

#define MAP_NUMBER(symbol, name) MAP_##symbol,
enum map { MAPS_OF_OBJECT(MAP_NUMBER) MAPS };
extern const char *const map_names[MAPS];

#endif
