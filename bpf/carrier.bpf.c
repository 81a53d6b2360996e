// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Each fork and each exit of the machine comes by here: where nothing is carried, they must cost next to nothing. While
 * programs take over from others, both do the same, which does no harm.
 */
#include "carrier.bpf.h"
#include "compat.bpf.h"
#include "gate.bpf.h"

/*
 * The kernel started it or one of those above it (PID 1 too, but its parent is the idle task), and for what was not
 * seen: before we watched, or where there was no room, or the kernel skipped a program. A kernel thread's child is a
 * kernel thread as long as it has executed nothing.
 */
static __always_inline bool is_below_kernel(const struct task_struct *task)
{
	enum { LEVELS = 4 };

#pragma clang loop unroll(full)
	for (int i = 0; i < LEVELS; i++) {
		const struct task_struct *parent = task->real_parent;

		if (parent->flags & PF_KTHREAD)
			return parent->tgid && !(task->flags & PF_KTHREAD);
		task = parent;
	}
	return false;
}

/* The child does not run yet. ctx is (parent, child), whose members the verifier lets us read as they are */
SEC("tp_btf/sched_process_fork")
int process_fork(__u64 *ctx)
{
	const struct task_struct *parent = (const void *)ctx[0], *child = (const void *)ctx[1];
	struct carrier_counts *counts = carriers_counted();
	const struct carrier *here = carrier_here(counts);
	struct carrier carrier = {};

	if (!here && !is_below_kernel(parent))
		return 0;
	if (child->tgid == parent->tgid || !is_active()) /* a thread */
		return 0;
	if (here)
		carrier.request = here->request;
	else
		carrier.request.share = SHARE_UNKNOWN;
	carrier.start_time = child->start_boottime;
	carrier_put(counts, child->tgid, &carrier);
	return 0;
}

/* The last thread of a process: its first may end before others. */
SEC("tp_btf/sched_process_exit")
int process_exit(__u64 *ctx)
{
	const struct task_struct *task = (const void *)ctx[0];
	struct carrier_counts *counts = carriers_counted();

	if (counts && counts->all && !task->signal->live.counter)
		carrier_forget(counts, task->tgid);
	return 0;
}
