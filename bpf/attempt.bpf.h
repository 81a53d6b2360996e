/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A call under way: from where it begins to do something (the kernel reads, or delete_module is entered) to its return.
 * A thread is in one such call at most, so its id is the key. A call may never return (a module's init that oopses),
 * and its thread's id be used again: what is left is replaced by the next attempt, and not taken for another call's.
 */
#ifndef KMODWATCH_ATTEMPT_BPF_H
#define KMODWATCH_ATTEMPT_BPF_H

#include "gate.bpf.h"
#include "record.bpf.h"

static __always_inline struct attempt *attempt_here(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&attempts, &tid);
}

static __always_inline __u64 thread_start_time(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, start_boottime);
}

static __always_inline __u64 *attempts_under_way(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&under_way, &key);
}

static __always_inline void count_under_way(__s64 by)
{
	__u64 *count = attempts_under_way();

	if (count)
		__sync_fetch_and_add(count, by);
}

static __always_inline void attempt_end(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	if (!bpf_map_delete_elem(&attempts, &tid))
		count_under_way(-1);
}

/* Both for the thread that runs; global functions, for the reason given in path.bpf.h. */

int attempt_start(__u32 module_call, unextendable by);
/* Sends who makes the call. Where there is no room for that, it is counted. */
int attempt_describe(unextendable by);
/* The same, and from which file: the attempt's handle is one. Apart, since not every program can afford the look at it.
 */
int attempt_describe_file(unextendable by);

/*
 * Begins an attempt; what was left of one that never returned is gone. Who makes it is still to be described. NULL
 * (counted): there are too many.
 */
static __always_inline struct attempt *attempt_begin(enum module_call module_call)
{
	attempt_start(module_call, UNEXTENDABLE);
	return attempt_here();
}

#endif
