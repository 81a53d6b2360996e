/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which programs work. All of a generation start at the same moment, once the last is attached; and where they take
 * over from another generation (an upgrade), that one stops at that same moment: nothing is missed, nothing seen twice.
 */
#ifndef KMODWATCH_GATE_BPF_H
#define KMODWATCH_GATE_BPF_H

#include "maps.bpf.h"

extern const volatile __u32 generation;

static __always_inline struct control *control_read(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&control, &key);
}

static __always_inline bool is_active(void)
{
	const struct control *now = control_read();

	return now && now->generation == generation;
}

#endif
