// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "attempt.bpf.h"
#include "source.bpf.h"
#include "subject.bpf.h"

__weak int attempt_start(__u32 module_call, unextendable by)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct attempt attempt = {
		.time = bpf_ktime_get_boot_ns(),
		.cpu = bpf_get_smp_processor_id(),
		.start_time = thread_start_time(),
		.module_call = module_call,
	};

	if (!bpf_map_update_elem(&attempts, &tid, &attempt, BPF_NOEXIST))
		count_under_way(1);
	else if (bpf_map_update_elem(&attempts, &tid, &attempt, BPF_ANY))
		count_lost(RECORD_ATTEMPT);
	return 0;
}

static __always_inline void describe(bool with_file)
{
	struct attempt *attempt = attempt_here();
	struct workspace *ws;
	__u32 slot;

	if (!attempt)
		return;
	ws = workspace_take(POOL_PRIVILEGED, &slot);
	if (!ws) {
		count_lost(RECORD_ATTEMPT);
		return;
	}
	attempt->described = 1;
	record_begin(ws, RECORD_ATTEMPT);
	record_of_attempt(ws, attempt);
	ws->record.attempt.module_call = attempt->module_call;
	if (with_file)
		add_source(ws, slot, &ws->record.attempt.source, (struct file *)attempt->handle);
	subject_read(slot, UNEXTENDABLE);
	record_send_early(ws, sizeof(ws->record.attempt));
	workspace_release(slot);
}

__weak int attempt_describe(unextendable by)
{
	describe(false);
	return 0;
}

__weak int attempt_describe_file(unextendable by)
{
	describe(true);
	return 0;
}
