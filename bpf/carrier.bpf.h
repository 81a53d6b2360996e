/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What descends from what the kernel started for a request: it carries the request, from the first process on by each
 * fork, whatever becomes of its parents.
 */
#ifndef KMODWATCH_CARRIER_BPF_H
#define KMODWATCH_CARRIER_BPF_H

#include "maps.bpf.h"
#include "reader.bpf.h"

static __always_inline struct carrier_counts *carriers_counted(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&carrier_counts, &key);
}

/* What the process that runs carries; NULL: nothing. */
static __always_inline const struct carrier *carrier_here(const struct carrier_counts *counts)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	const struct carrier *carrier;

	if (!counts || !counts->all)
		return NULL;
	carrier = bpf_map_lookup_elem(&carriers, &pid);
	return carrier && carrier->start_time == process_start() ? carrier : NULL;
}

static __always_inline void carriers_add(struct carrier_counts *counts, __u32 share, __s64 by)
{
	__sync_fetch_and_add(&counts->of[share & (SHARES_ROOM - 1)], by);
	__sync_fetch_and_add(&counts->all, by);
}

static __always_inline void carrier_forget(struct carrier_counts *counts, __u32 pid)
{
	const struct carrier *carrier = bpf_map_lookup_elem(&carriers, &pid);
	__u32 share;

	if (!carrier)
		return;
	share = carrier->request.share;
	if (!bpf_map_delete_elem(&carriers, &pid))
		carriers_add(counts, share, -1);
}

static __always_inline bool has_room(const struct carrier_counts *counts, __u32 share)
{
	return counts->of[share & (SHARES_ROOM - 1)] < (share == SHARE_ROOT ? CARRIERS_OF_ROOT : CARRIERS_OF_SHARE);
}

/* Where there is no room, the chain is cut: what starts from then on may belong to a request, and nobody knows. */
static __always_inline void carrier_put(struct carrier_counts *counts, __u32 pid, const struct carrier *carrier)
{
	if (!counts)
		return;
	carrier_forget(counts, pid); /* of another process, whose end was not seen */
	if (has_room(counts, carrier->request.share) && !bpf_map_update_elem(&carriers, &pid, carrier, BPF_NOEXIST))
		carriers_add(counts, carrier->request.share, 1);
	else if (!counts->cut)
		counts->cut = bpf_ktime_get_boot_ns();
}

#endif
