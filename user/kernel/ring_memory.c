// SPDX-License-Identifier: BSD-2-Clause
#include "ring_memory.h"
#include "../cleanup.h"
#include "../log.h"
#include "../options.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

enum { MIB_SHIFT = 20 };

static const char too_large[] = "give smaller values to --ring-size and --image-ring";

int ring_memory_check(const struct options *options)
{
	uint64_t wanted = ((uint64_t)options->ring_kib + options->image_ring_kib) * 1024, total;
	struct sysinfo machine;

	if (sysinfo(&machine))
		return 0;
	total = (uint64_t)machine.totalram * machine.mem_unit;
	if (wanted <= total)
		return 0;
	log_line("the rings that events wait in would take %" PRIu64 " MiB, and this machine has %" PRIu64 " MiB: %s",
		 wanted >> MIB_SHIFT, total >> MIB_SHIFT, too_large);
	return -EFBIG;
}

/* "max", or a number; where it cannot be read there is none: the root has no such file. */
static uint64_t limit_in(const char *root, const char *path, size_t size)
{
	_cleanup_(fclosep) FILE *f = NULL;
	char name[PATH_MAX + 64];
	uint64_t limit;

	snprintf(name, sizeof(name), "%s%.*s/memory.max", root, (int)size, path);
	f = fopen(name, "re");
	return f && fscanf(f, "%" SCNu64, &limit) == 1 ? limit : UINT64_MAX;
}

uint64_t ring_memory_cgroup_limit(const char *root, const char *path, size_t *at)
{
	uint64_t least = UINT64_MAX;

	for (size_t size = strlen(path); size; size--) {
		uint64_t limit = path[size] && path[size] != '/' ? UINT64_MAX : limit_in(root, path, size);

		if (limit < least) {
			least = limit;
			*at = size;
		}
	}
	return least;
}

/* Of version 2; "": it is not known. */
static void read_cgroup(char path[static PATH_MAX])
{
	_cleanup_(fclosep) FILE *f = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX];

	path[0] = '\0';
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "0::/", strlen("0::/"))) {
			line[strcspn(line, "\n")] = '\0';
			snprintf(path, PATH_MAX, "%s", line + strlen("0::"));
		}
}

/* Since 5.11 what a map takes counts as its maker's cgroup's (b936ca643ade). */
static int judge_cgroup(uint64_t bytes, int err)
{
	char path[PATH_MAX];
	uint64_t limit;
	size_t at = 0;

	read_cgroup(path);
	limit = ring_memory_cgroup_limit("/sys/fs/cgroup", path, &at);
	if (bytes < limit)
		return err;
	log_line("the rings that events wait in take %" PRIu64 " MiB, and memory.max of the cgroup %.*s allows %" PRIu64
		 " MiB: %s, or raise it (MemoryMax in a systemd unit)",
		 bytes >> MIB_SHIFT, (int)at, path, limit >> MIB_SHIFT, too_large);
	return -EFBIG;
}

/* Before 5.11 it counts as memory that is locked, and bpf() says EPERM. */
static int judge_locked(uint64_t bytes, int err)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) || bytes < limit.rlim_cur)
		return err;
	log_line("the rings that events wait in take %" PRIu64 " MiB, and no more than %" PRIu64
		 " KiB may be locked in memory: raise that limit (ulimit -l unlimited; LimitMEMLOCK=infinity in a "
		 "systemd unit)",
		 bytes >> MIB_SHIFT, (uint64_t)limit.rlim_cur / 1024);
	return -EFBIG;
}

int ring_memory_judge(uint64_t bytes, int err)
{
	if (err == -ENOMEM)
		return judge_cgroup(bytes, err);
	return err == -EPERM ? judge_locked(bytes, err) : err;
}
