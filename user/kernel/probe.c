// SPDX-License-Identifier: BSD-2-Clause
#include "probe.h"
#include "../cleanup.h"

#include <bpf/bpf.h>

void kernel_side_close_maps(struct kernel_side *side)
{
	for (int i = 0; i < MAPS; i++) {
		closep(&side->maps[i]);
		side->maps[i] = -1;
	}
}

bool probe_is_missing(const struct probe *probe)
{
	return probe->link < 0 && !probe->optional;
}

bool probe_wants_loading(const struct probe *probe)
{
	return probe->link < 0 && (!probe->optional || !probe->reason[0]);
}

bool kernel_side_is_degraded(const struct kernel_side *side)
{
	for (size_t i = 0; i < PROBES; i++)
		if (probe_is_missing(&side->probes[i]))
			return true;
	return false;
}

uint32_t map_id(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}
