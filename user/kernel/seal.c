// SPDX-License-Identifier: BSD-2-Clause
#include "seal.h"
#include "../cleanup.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

static const enum map closed[] = {
	MAP_ATTEMPTS,  MAP_WORKSPACES, MAP_WORKSPACE_OWNERS, MAP_LOST,		 MAP_REQUESTS,
	MAP_UNDER_WAY, MAP_CONTROL,    MAP_CARRIERS,	     MAP_CARRIER_COUNTS,
};
enum { CLOSED = sizeof(closed) / sizeof(closed[0]) };

/* The kernel's books are the only place that says so. */
static bool is_frozen(int fd)
{
	_cleanup_(fclosep) FILE *file = NULL;
	char path[64], line[128];
	bool frozen = false;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (!frozen && file && fgets(line, sizeof(line), file))
		frozen = !strcmp(line, "frozen:\t1\n");
	return frozen;
}

/* Of what is frozen already some kernels say that nobody may write there, so nobody may freeze it. */
int seal_maps(const struct kernel_side *side)
{
	for (int i = 0; i < CLOSED; i++)
		if (!is_frozen(side->maps[closed[i]]) && bpf_map_freeze(side->maps[closed[i]]))
			return -errno;
	return 0;
}

static bool is_to_be_closed(enum map map)
{
	for (int i = 0; i < CLOSED; i++)
		if (closed[i] == map)
			return true;
	return false;
}

bool seal_is_foreign(const struct kernel_side *side, enum map map)
{
	return !is_to_be_closed(map) && is_frozen(side->maps[map]);
}
