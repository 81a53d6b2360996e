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
#include "path.bpf.h"
#include "subject.bpf.h"
#include "compat.bpf.h"

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

static __always_inline void add_source(struct workspace *ws, __u32 slot, struct source_file *source, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);

	source->present = 1;
	source->is_regular = (BPF_CORE_READ(inode, i_mode) & 0170000) == 0100000; /* S_ISREG */
	source->inode = BPF_CORE_READ(inode, i_ino);
	source->size = BPF_CORE_READ(inode, i_size);
	source->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	inode_mtime(inode, &source->mtime_sec, &source->mtime_nsec);
	source->unlinked = !BPF_CORE_READ(dentry, d_hash.pprev); /* as d_unhashed() */
	bpf_probe_read_kernel_str(source->fs, sizeof(source->fs), BPF_CORE_READ(inode, i_sb, s_type, name));
	add_path(ws, slot, &source->path, &file->f_path);
}

/*
 * Begins an attempt: who, from which file (NULL: none), through which call. The attempt counts as begun even when its
 * first record could not be sent, so that its end is reported.
 */
static __always_inline void attempt_begin(enum module_call module_call, struct file *file, bool read_refused)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct attempt attempt = {
		.read_refused = read_refused,
		.start_time = thread_start_time(),
		.module_call = module_call,
	};
	struct workspace *ws;
	__u32 slot;

	ws = workspace_take(RECORD_ATTEMPT, &slot);
	if (ws) {
		record_begin(ws, RECORD_ATTEMPT);
		attempt.time = ws->record.header.time;
		attempt.cpu = ws->record.header.cpu;
		ws->record.attempt.module_call = module_call;
		if (file)
			add_source(ws, slot, &ws->record.attempt.source, file);
		subject_read(slot);
		record_send_early(ws, sizeof(ws->record.attempt));
		workspace_release(slot);
	} else {
		attempt.time = bpf_ktime_get_boot_ns();
		attempt.cpu = bpf_get_smp_processor_id();
	}
	if (!bpf_map_update_elem(&attempts, &tid, &attempt, BPF_NOEXIST))
		count_under_way(1);
	else if (bpf_map_update_elem(&attempts, &tid, &attempt, BPF_ANY)) /* one that never returned is left there */
		count_lost(RECORD_ATTEMPT);
}

#endif
