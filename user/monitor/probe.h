/* SPDX-License-Identifier: BSD-2-Clause */
/* What we have in the kernel: the maps, and the programs with the places they are attached to. */
#ifndef KMODWATCH_PROBE_H
#define KMODWATCH_PROBE_H

#include "memory.h"

#include <stdbool.h>
#include <stdint.h>

/* The last of the table: the audit check's, then the canary. */
enum { PROBES = 25, AUDIT_PROBES = 3, PROBE_CANARY = PROBES - 1, PROBE_AUDIT = PROBE_CANARY - AUDIT_PROBES };

struct probe {
	int program, link; /* descriptors; -1: none */
	uint32_t link_id;
	char mechanism[16]; /* the section's name, mechanism/target */
	char target[48];
	bool optional; /* nothing is lost where the kernel has no such function */
	bool pinned;
	bool complained;	  /* that it cannot be pinned */
	char reason[REASON_SIZE]; /* why it is not attached */
};

/* By the names of their programs in bpf/, and what is lost without each. */
struct program {
	const char *name;
	const char *loses;
};
extern const struct program programs[PROBES];
/* Of the program with this name; PROBES: there is none. */
size_t program_index(const char *name);

enum map {
	MAP_RING,
	MAP_REFUSED_RING,
	MAP_IMAGE_RING,
	MAP_FILE_PASSES,
	MAP_MEMORY_PASSES,
	MAP_ATTEMPTS,
	MAP_WORKSPACES,
	MAP_WORKSPACE_OWNERS,
	MAP_LOST,
	MAP_TOOLS,
	MAP_REQUESTS,
	MAP_UNDER_WAY,
	MAP_LIMITS,
	MAP_LIMIT_OWNERS,
	MAP_CONTROL,
	MAP_MEMORY,
	MAPS,
};
extern const char *const map_names[MAPS];

struct kernel_side {
	int maps[MAPS]; /* descriptors; -1: none */
	struct probe probes[PROBES];
	uint32_t generation; /* of the programs */
};

#endif
