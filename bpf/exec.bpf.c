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

enum { SHORTEST_NAME = 4, LONGEST_NAME = 8 };

static __always_inline __u32 tool_by_name(__u64 name)
{
	switch (name) {
	case NAME('k', 'm', 'o', 'd', 0, 0, 0, 0):
		return TOOL_KMOD;
	case NAME('i', 'n', 's', 'm', 'o', 'd', 0, 0):
		return TOOL_INSMOD;
	case NAME('r', 'm', 'm', 'o', 'd', 0, 0, 0):
		return TOOL_RMMOD;
	case NAME('m', 'o', 'd', 'p', 'r', 'o', 'b', 'e'):
		return TOOL_MODPROBE;
	case NAME('l', 's', 'm', 'o', 'd', 0, 0, 0):
		return TOOL_LSMOD;
	case NAME('m', 'o', 'd', 'i', 'n', 'f', 'o', 0):
		return TOOL_MODINFO;
	case NAME('d', 'e', 'p', 'm', 'o', 'd', 0, 0):
		return TOOL_DEPMOD;
	}
	return 0;
}

static __always_inline bool only_reads(__u32 tool)
{
	return tool >= TOOL_LSMOD;
}

/*
 * The last component, where it is a tool's name. last: the text's last eight bytes, its end on top; before: the byte
 * before those. Where the text is shorter there are zeroes in front of it.
 */
static __always_inline __u32 tool_by_last_bytes(__u64 last, __u8 before)
{
#pragma clang loop unroll(full)
	for (int length = SHORTEST_NAME; length <= LONGEST_NAME; length++) {
		__u8 front = length == LONGEST_NAME ? before : last >> (8 * (LONGEST_NAME - 1 - length));

		if (front == '/' || !front)
			return tool_by_name(last >> (8 * (LONGEST_NAME - length)));
	}
	return 0;
}

/* The last component of a text of so many bytes: its end is read in one go, since every execution comes by here. */
static __always_inline __u32 tool_by_path(const char *path, __u64 size, bool user)
{
	struct {
		__u8 before, last[LONGEST_NAME];
	} __attribute__((packed)) end = {};
	__u64 last;

	barrier_var(size); /* else clang checks one copy of it and uses another */
	if (size > LONGEST_NAME) {
		const char *from = path + size - sizeof(end);

		if (user ? bpf_probe_read_user(&end, sizeof(end), from)
			 : bpf_probe_read_kernel(&end, sizeof(end), from))
			return 0;
		__builtin_memcpy(&last, end.last, sizeof(last));
		return tool_by_last_bytes(last, end.before);
	}
	if (size < SHORTEST_NAME)
		return 0;
	if (user ? bpf_probe_read_user(end.last, size, path) : bpf_probe_read_kernel(end.last, size, path))
		return 0;
	__builtin_memcpy(&last, end.last, sizeof(last));
	return tool_by_last_bytes(last << (8 * (LONGEST_NAME - size)), 0);
}

/* The last component of what was given to execve: for a link it is the link's name. */
static __always_inline __u32 tool_by_filename(const char *filename)
{
	enum { CHUNKS = 38 }; /* PATH_MAX is 4096 */
	char chunk[128];
	__u64 size = 0;
	long n = 0;

#pragma clang loop unroll(disable)
	for (int i = 0; i < CHUNKS; i++) {
		n = bpf_probe_read_kernel_str(chunk, sizeof(chunk), filename + size);
		if (n != sizeof(chunk))
			break;
		size += sizeof(chunk) - 1;
	}
	if (n <= 0 || n == sizeof(chunk))
		return 0;
	return tool_by_path(filename, size + n - 1, false);
}

/* What kmod and busybox go by, if it is of a usual length. */
static __always_inline __u32 tool_by_argv0(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	const char *argv0 = (const char *)BPF_CORE_READ(task, mm, arg_start);
	char chunk[128];
	long n = bpf_probe_read_user_str(chunk, sizeof(chunk), argv0);

	return n <= 0 || n == sizeof(chunk) ? 0 : tool_by_path(argv0, n - 1, true);
}

/* A link to it may have any name. */
static __always_inline __u32 tool_by_dentry(struct dentry *dentry)
{
	__u32 length = BPF_CORE_READ(dentry, d_name.len);
	__u64 name = 0;
	__u32 tool;

	if (length < SHORTEST_NAME || length > LONGEST_NAME)
		return 0;
	bpf_probe_read_kernel(&name, length, BPF_CORE_READ(dentry, d_name.name));
	tool = tool_by_name(name);
	return only_reads(tool) ? 0 : tool;
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

/*
 * The tool that is executed; 0: none, or one that only reads and is not wanted. It is such a one where both names say
 * so: a link called lsmod does what argv[0] says.
 */
static __always_inline __u32 find_tool(struct linux_binprm *bprm, const struct control *now, __u32 *matched_by)
{
	struct file *file = BPF_CORE_READ(bprm, file);
	__u32 tool = tool_by_filename(BPF_CORE_READ(bprm, filename));

	*matched_by = MATCHED_BY_NAME;
	if (only_reads(tool)) {
		tool = tool_by_argv0();
		if (only_reads(tool))
			return now->all_tools ? tool : 0;
	}
	if (!tool)
		tool = tool_by_dentry(BPF_CORE_READ(file, f_path.dentry));
	if (!tool) {
		tool = tool_by_inode(file);
		*matched_by = MATCHED_BY_INODE;
	}
	return tool;
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
	const struct control *now = control_read();
	struct tool_exec_record *record;
	const struct carrier *carrier;
	struct request_id request = {};
	struct workspace *ws;
	__u32 tool, slot, matched_by;
	bool suppressed, by_kernel, is_helper, privileged;

	/* asked before the request is taken: that is there once, for the programs that work */
	if (!now || now->generation != generation)
		return 0;
	tool = find_tool(bprm, now, &matched_by);
	by_kernel = is_kernels_child();
	if (!tool && !by_kernel)
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
	add_string(ws, &record->path, BPF_CORE_READ(bprm, filename), false, TEXT_MAX);
	subject_read(slot, UNEXTENDABLE);
	if (!request.time) /* else it belongs to the request, and is charged once its line is written */
		limit_charge(record->header.uid, ws->text_used, UNEXTENDABLE);
	request_send(ws, sizeof(*record), suppressed);
	workspace_release(slot);
	return 0;
}
