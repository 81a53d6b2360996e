// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The execution of the module tools. On every exec of the machine: the common case must cost next to nothing. */
#include "carrier.bpf.h"
#include "compat.bpf.h"
#include "limit.bpf.h"
#include "request.bpf.h"

/* A name of up to eight bytes as a number, so that it is compared in one step. */
#define NAME(a, b, c, d, e, f, g, h)                                                                                \
	((__u64)(a) | (__u64)(b) << 8 | (__u64)(c) << 16 | (__u64)(d) << 24 | (__u64)(e) << 32 | (__u64)(f) << 40 | \
	 (__u64)(g) << 48 | (__u64)(h) << 56)

/* name: nine bytes or more, zeroes after the text */
static __always_inline __u32 tool_by_name(const __u64 name[2])
{
	if (name[1])
		return 0;
	switch (name[0]) {
	case NAME('k', 'm', 'o', 'd', 0, 0, 0, 0):
		return TOOL_KMOD;
	case NAME('i', 'n', 's', 'm', 'o', 'd', 0, 0):
		return TOOL_INSMOD;
	case NAME('r', 'm', 'm', 'o', 'd', 0, 0, 0):
		return TOOL_RMMOD;
	case NAME('m', 'o', 'd', 'p', 'r', 'o', 'b', 'e'):
		return TOOL_MODPROBE;
	}
	return 0;
}

/* The last component of what was given to execve: for a link it is the link's name. */
static __always_inline __u32 tool_by_filename(const char *filename)
{
	char chunk[128];
	__u64 name[2] = {};
	long n = 0;

	/* to the last chunk of the string; PATH_MAX is 4096 */
#pragma clang loop unroll(disable)
	for (int i = 0; i < 38; i++) {
		n = bpf_probe_read_kernel_str(chunk, sizeof(chunk), filename);
		if (n != sizeof(chunk))
			break;
		filename += sizeof(chunk) - 16; /* so that the last nine bytes are never split */
	}
	if (n <= 1 || n > (long)sizeof(chunk))
		return 0;
		/* one byte before the longest name tells whether it is the whole component */
#pragma clang loop unroll(full)
	for (int length = 4; length <= 8; length++) {
		const char *start = filename + n - 1 - length;
		char before = '/';

		if (length == 7 || n - 1 < length)
			continue;
		if (n - 1 > length)
			bpf_probe_read_kernel(&before, 1, start - 1);
		if (before != '/')
			continue;
		name[0] = 0;
		bpf_probe_read_kernel(name, length, start);
		return tool_by_name(name);
	}
	return 0;
}

static __always_inline __u32 tool_by_dentry(struct dentry *dentry)
{
	__u64 name[2] = {};
	__u32 length = BPF_CORE_READ(dentry, d_name.len);

	if (length < 4 || length > 8)
		return 0;
	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	return tool_by_name(name);
}

static __always_inline __u32 tool_by_inode(struct file *file)
{
	struct file_id id = {
		.inode = BPF_CORE_READ(file, f_inode, i_ino),
		.dev = BPF_CORE_READ(file, f_inode, i_sb, s_dev),
	};
	struct tool_file *tool = bpf_map_lookup_elem(&tools, &id);
	__s64 sec;
	__u32 nsec;

	if (!tool || (__u64)BPF_CORE_READ(file, f_inode, i_size) != tool->size)
		return 0;
	inode_mtime(BPF_CORE_READ(file, f_inode), &sec, &nsec);
	return sec == tool->mtime_sec && nsec == tool->mtime_nsec ? tool->tool : 0;
}

/* Only such a process can be a request's helper; every other's exec is spared the look into the map. */
static __always_inline bool is_kernels_child(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, real_parent, flags) & PF_KTHREAD;
}

/*
 * What the kernel starts for a request is limited with the request, and what descends from that as caused by its user:
 * else anyone's requests would take root's lines.
 */
static __always_inline bool is_suppressed(const struct request_id *request, bool is_helper)
{
	union limit_word what = { .key.uid = caller_uid(), .key.what = LIMITED_TOOL_EXEC };

	if (is_helper && !request->suppressed)
		return false;
	if (request->time)
		what.key.uid = request->uid;
	return !limit_takes(what.word, !request->suppressed, UNEXTENDABLE);
}

/* ctx is (task, old_pid, bprm) */
SEC("tp_btf/sched_process_exec")
int process_exec(__u64 *ctx)
{
	struct linux_binprm *bprm = (struct linux_binprm *)ctx[2];
	const char *filename = BPF_CORE_READ(bprm, filename);
	struct file *file = BPF_CORE_READ(bprm, file);
	struct tool_exec_record *record;
	const struct carrier *carrier;
	struct request_id request = {};
	__u32 matched_by = MATCHED_BY_NAME;
	struct workspace *ws;
	__u32 tool, slot;
	bool suppressed, by_kernel, is_helper, privileged;

	tool = tool_by_filename(filename);
	if (!tool)
		tool = tool_by_dentry(BPF_CORE_READ(file, f_path.dentry));
	if (!tool) {
		tool = tool_by_inode(file);
		matched_by = MATCHED_BY_INODE;
	}
	by_kernel = is_kernels_child();
	/* asked before the request is taken: that is there once, for the programs that work */
	if ((!tool && !by_kernel) || !is_active())
		return 0;
	is_helper = by_kernel && request_take(process_key(), &request);
	if (is_helper && !tool) {
		tool = TOOL_MODPROBE;
		matched_by = MATCHED_BY_REQUEST;
	}
	if (!tool)
		return 0;
	carrier = is_helper ? NULL : carrier_here(carriers_counted());
	if (carrier)
		request = carrier->request;
	suppressed = is_suppressed(&request, is_helper);
	if (suppressed && !is_helper)
		return 0;
	privileged = caller_has(CAP_SYS_MODULE);
	ws = workspace_take(privileged ? POOL_PRIVILEGED : POOL_ANYONE, &slot);
	if (!ws) {
		if (privileged && !suppressed)
			brief_send(RECORD_TOOL_EXEC, tool, 0, 0, UNEXTENDABLE);
		else
			count_lost(RECORD_TOOL_EXEC);
		return 0;
	}
	record_begin(ws, RECORD_TOOL_EXEC);
	record = &ws->record.tool_exec;
	record->tool = tool;
	record->matched_by = matched_by;
	record->request_time = is_helper ? request.time : 0;
	record->request_cpu = request.cpu;
	record->suppressed = suppressed;
	add_string(ws, &record->path, filename, false, TEXT_MAX);
	subject_read(slot, UNEXTENDABLE);
	if (!request.time) /* else it belongs to the request, and is charged once its line is written */
		limit_charge(record->header.uid, ws->text_used, UNEXTENDABLE);
	request_send(ws, sizeof(*record), suppressed);
	workspace_release(slot);
	return 0;
}
