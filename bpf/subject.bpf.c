// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who acts. Everything is read from the current task and its parents, at the event: later is too late. */
#include "subject.bpf.h"
#include "carrier.bpf.h"
#include "compat.bpf.h"
#include "gate.bpf.h"
#include "path.bpf.h"
#include "record.bpf.h"

/* Every record that has a subject has it right after the header. */
static __always_inline struct subject *subject_of(struct workspace *ws)
{
	return &ws->record.tool_exec.subject;
}

static __always_inline void read_ids(struct subject *subject, struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);

	subject->uid = BPF_CORE_READ(cred, uid.val);
	subject->gid = BPF_CORE_READ(cred, gid.val);
	subject->euid = BPF_CORE_READ(cred, euid.val);
	subject->egid = BPF_CORE_READ(cred, egid.val);
	subject->user_ns = BPF_CORE_READ(cred, user_ns, ns.inum);
	/* as capable() has it: what root has in a user namespace of his own loads nothing */
	subject->cap_sys_module = subject->user_ns == INITIAL_USER_NS && cred_has(cred, CAP_SYS_MODULE);
	subject->auid = -1;
	subject->ses = -1;
	if (bpf_core_field_exists(task->loginuid)) { /* CONFIG_AUDIT */
		subject->auid = BPF_CORE_READ(task, loginuid.val);
		subject->ses = BPF_CORE_READ(task, sessionid);
	}
}

static __always_inline void read_namespaces(struct subject *subject, struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid *upid =
	    (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid);

	subject->pid_ns = BPF_CORE_READ(upid, ns, ns.inum);
	subject->mnt_ns = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
}

enum { OF_SUBJECT = ANCESTORS_MAX }; /* beside the numbers of ancestors */

int exe_read(__u32 slot, __u32 whose, __u64 file, unextendable by);

/*
 * Which file is executed. A function of its own, so that its stack is given back before the path is walked: all
 * together have 512 bytes.
 */
__weak int exe_read(__u32 slot, __u32 whose, __u64 file, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct file *exe = (void *)file;
	struct inode *inode = BPF_CORE_READ(exe, f_inode);
	struct exe_file *out;

	if (!ws)
		return 0;
	out = &subject_of(ws)->exe_file;
	if (whose < ANCESTORS_MAX) {
		barrier_var(whose); /* as in ancestor_step() */
		out = &subject_of(ws)->ancestors[whose & (ANCESTORS_MAX - 1)].exe_file;
	}
	out->inode = BPF_CORE_READ(inode, i_ino);
	out->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	out->deleted = is_unlinked(BPF_CORE_READ(exe, f_path.dentry));
	return 0;
}

static __always_inline void add_exe(struct workspace *ws, __u32 slot, __u32 whose, struct span *span, struct file *exe)
{
	exe_read(slot, whose, (__u64)exe, UNEXTENDABLE);
	add_path(ws, slot, span, &exe->f_path);
}

/*
 * Of arguments that are longer than a text their end is taken too: it would be easy to hide what matters there. A NUL
 * ends what is before the gap, so that the two are never one argument.
 */
static __always_inline void add_argv(struct workspace *ws, struct subject *subject, __u64 start, __u64 end)
{
	struct span *argv = &subject->argv;
	__u64 at, size = end - start;

	add_user_bytes(ws, argv, start, size);
	subject->argv_length = size < 0xffffffff ? size : 0;
	if (argv->size != TEXT_MAX || !argv->cut)
		return;
	at = (argv->offset & (TEXT_AREA - 1)) + TEXT_MAX - ARGV_TAIL;
	if (bpf_probe_read_user(&ws->text[at], ARGV_TAIL, (const void *)(end - ARGV_TAIL)))
		return;
	ws->text[at - 1] = 0;
	subject->argv_gap = TEXT_MAX - ARGV_TAIL;
}

static __always_inline void read_texts(struct workspace *ws, __u32 slot, struct subject *subject,
				       struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	if (mm) {
		struct file *exe = BPF_CORE_READ(mm, exe_file);
		__u64 start = BPF_CORE_READ(mm, arg_start);

		if (exe)
			add_exe(ws, slot, OF_SUBJECT, &subject->exe, exe);
		else
			subject->exe.state = SPAN_UNKNOWN;
		add_argv(ws, subject, start, BPF_CORE_READ(mm, arg_end));
	}
	if (fs) {
		subject->cwd_deleted = is_unlinked(BPF_CORE_READ(fs, pwd.dentry));
		add_path(ws, slot, &subject->cwd, &fs->pwd);
		add_path(ws, slot, &subject->root, &fs->root);
	} else {
		subject->cwd.state = SPAN_UNKNOWN;
		subject->root.state = SPAN_UNKNOWN;
	}
	add_cgroup(ws, slot, &subject->cgroup, BPF_CORE_READ(task, cgroups, dfl_cgrp, kn));
}

/*
 * One step towards init, from the task in the workspace; 0: there is none above. A global function for the same reason
 * as path_step(). The parent is the thread that started the child: its process goes by its leader's name, but its mm is
 * the thread's, since a leader that has ended has none. That mm is not ours to hold: where it changed while its path
 * was read (exec, exit), the path is given up as unknown.
 */
int ancestor_step(__u32 slot, __u32 i, unextendable by);

__weak int ancestor_step(__u32 slot, __u32 i, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct task_struct *child, *task, *leader;
	struct ancestor *ancestor;
	struct mm_struct *mm;

	if (!ws || i >= ANCESTORS_MAX)
		return 0;
	/* clang checks one copy of i and uses another: bounded once more, where it cannot reason the bound away */
	barrier_var(i);
	i &= ANCESTORS_MAX - 1;
	child = (void *)ws->ancestor;
	task = BPF_CORE_READ(child, real_parent);
	if (!task || task == child || !BPF_CORE_READ(task, tgid)) /* the idle task: nothing above */
		return 0;
	ws->ancestor = (__u64)task;
	ancestor = &subject_of(ws)->ancestors[i];
	ancestor->pid = BPF_CORE_READ(task, tgid);
	leader = BPF_CORE_READ(task, group_leader);
	ancestor->start_time = BPF_CORE_READ(leader, start_boottime);
	ancestor->is_kthread = !!(BPF_CORE_READ(task, flags) & PF_KTHREAD);
	bpf_probe_read_kernel_str(ancestor->comm, sizeof(ancestor->comm), &leader->comm);
	subject_of(ws)->ancestor_count = i + 1;
	mm = BPF_CORE_READ(task, mm);
	if (mm) {
		struct file *exe = BPF_CORE_READ(mm, exe_file);

		ancestor->exe.state = SPAN_UNKNOWN;
		if (exe)
			add_exe(ws, slot, i, &ancestor->exe, exe);
		if (BPF_CORE_READ(task, mm) != mm)
			ancestor->exe.state = SPAN_UNKNOWN;
	} else if (!ancestor->is_kthread) {
		ancestor->exe.state = SPAN_UNKNOWN; /* it is exiting */
	}
	return 1;
}

static __always_inline void read_request(struct subject *subject)
{
	const struct carrier_counts *counts = carriers_counted();
	const struct carrier *carrier = carrier_here(counts, subject->start_time);
	const struct control *now = control_read();

	if (now)
		subject->watched_since = now->began;
	if (counts)
		subject->cut_since = counts->cut;
	if (carrier) {
		subject->request_time = carrier->request.time;
		subject->request_cpu = carrier->request.cpu;
		subject->request_unknown = !carrier->request.time;
	}
}

__weak int subject_read(__u32 slot, unextendable by)
{
	struct workspace *ws = bpf_map_lookup_elem(&workspaces, &slot);
	struct task_struct *task = (void *)bpf_get_current_task();
	struct subject *subject;
	struct tty_struct *tty;

	if (!ws)
		return 0;
	subject = subject_of(ws);
	subject->ppid = BPF_CORE_READ(task, real_parent, tgid);
	subject->is_kthread = !!(BPF_CORE_READ(task, flags) & PF_KTHREAD);
	subject->start_time = BPF_CORE_READ(task, group_leader, start_boottime);
	read_request(subject);
	read_ids(subject, task);
	read_namespaces(subject, task);
	tty = BPF_CORE_READ(task, signal, tty);
	if (tty) {
		subject->has_tty = 1;
		bpf_probe_read_kernel_str(subject->tty, sizeof(subject->tty), &tty->name);
	}
	read_texts(ws, slot, subject, task);

	ws->ancestor = (__u64)task;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < ANCESTORS_MAX; i++)
		if (!ancestor_step(slot, i, UNEXTENDABLE))
			break;
	return 0;
}
