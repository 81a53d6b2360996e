/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which process reads: by its number and its start, since a number can be another's by now. */
#ifndef KMODWATCH_READER_BPF_H
#define KMODWATCH_READER_BPF_H

#include "maps.bpf.h"
#include <bpf/bpf_core_read.h>

static __always_inline __u64 process_start(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, group_leader, start_boottime);
}

static __always_inline bool is_reader(const struct control *now)
{
	return now->reader == bpf_get_current_pid_tgid() >> 32 && now->reader_start == process_start();
}

#endif
