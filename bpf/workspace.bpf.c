// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where records are put together, and what goes out of them where there is no room for that. */
#include "attempt.bpf.h"

extern const volatile __u32 possible_cpus;

/*
 * A program that was preempted keeps its workspace, so each CPU has several of each pool to try. BPF_NOEXIST is the one
 * test-and-set that 5.10 has too.
 */
__weak int workspace_find(__u32 pool, unextendable by)
{
	__u32 first = (pool * possible_cpus + bpf_get_smp_processor_id()) * POOL_DEPTH;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < POOL_DEPTH; i++) {
		__u32 key = first + i;

		if (!bpf_map_update_elem(&workspace_owners, &key, &pool, BPF_NOEXIST))
			return key + 1;
	}
	return 0;
}

__weak int brief_send(__u32 kind, __u32 call, __s64 ret, __u64 address, unextendable by)
{
	const struct attempt *attempt = attempt_here();
	struct brief_record brief = {};
	void *to = kind == RECORD_CALL_ALONE && ret < 0 ? (void *)&refused_ring : (void *)&ring;

	header_fill(&brief.header, RECORD_BRIEF);
	brief.header.size = sizeof(brief);
	if (attempt && kind != RECORD_CALL_ALONE) {
		brief.header.attempt_time = attempt->time;
		brief.header.attempt_cpu = attempt->cpu;
	}
	brief.of_kind = kind;
	brief.module_call = call & 0xff;
	brief.abi = call >> 8;
	brief.ret = ret;
	brief.address = address;
	if (address)
		bpf_probe_read_kernel_str(brief.name, sizeof(brief.name), &((const struct module *)address)->name);
	if (bpf_ringbuf_output(to, &brief, sizeof(brief), BPF_RB_FORCE_WAKEUP))
		count_lost(kind);
	return 0;
}
