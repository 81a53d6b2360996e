// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The calls: their returns, and delete_module's entries. On the wrappers of both ABIs, not on the syscalls:sys_enter_*
 * tracepoints: those skip 32-bit callers, and put every task's every system call on the slow path.
 */
#include "abi.bpf.h"
#include "call.bpf.h"
#include "limit.bpf.h"

/* The file behind one of the caller's descriptors, or NULL. It may be closed meanwhile, and then reads as garbage. */
static __always_inline struct file *file_of(__u32 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;

	if (fd < BPF_CORE_READ(fdt, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(fdt, fd) + fd);
	return file;
}

/*
 * A call that never became an attempt: refused, or (result 0) one that got the result of another caller's load of the
 * same file (6.5, 9b9879fc0327 "modules: catch concurrent module loads, treat them as idempotent").
 */
static __always_inline void send_alone(enum module_call module_call, long ret, const struct call_args *args)
{
	struct workspace *ws;
	struct call *call;
	__u32 slot;

	ws = workspace_take(RECORD_CALL_ALONE, &slot);
	if (!ws)
		return;
	record_begin(ws, RECORD_CALL_ALONE);
	call = &ws->record.call_alone.call;
	fill_call(call, module_call, ret, args);
	call->loads_shared = loads_are_shared();
	add_caller_text(ws, call, module_call, args);
	if (module_call == CALL_FINIT_MODULE) {
		struct file *file = file_of(args->arg[0]);

		if (file)
			add_source(ws, slot, &ws->record.call_alone.source, file);
	}
	subject_read(slot);
	if (ret == 0) {
		record_send(ws, sizeof(ws->record.call_alone));
	} else {
		limit_charge(ws->record.header.uid, ws->text_used);
		record_send_refused(ws, sizeof(ws->record.call_alone));
	}
	workspace_release(slot);
}

/* An attempt of another call, whose return was not seen. CALL_UNKNOWN: it began at the module's tracepoint. */
static __always_inline bool is_stale(const struct attempt *attempt, enum module_call module_call, long ret)
{
	return (attempt->done && attempt->ret != ret) ||
	       (attempt->module_call != CALL_UNKNOWN && attempt->module_call != module_call) ||
	       attempt->start_time != thread_start_time();
}

/* A load that succeeded alone is another's, and matters. */
static __always_inline bool may_send_alone(enum module_call module_call, long ret)
{
	const union limit_word what = {
		.key.uid = caller_uid(),
		.key.what = LIMITED_REFUSED,
		.key.module_call = module_call,
		.key.error = -ret,
	};

	return ret >= 0 || limit_takes(what.word, true);
}

/* The attempt that ends with the call; NULL: it was none. */
static __always_inline struct attempt *attempt_of_call(enum module_call module_call, long ret)
{
	const __u64 *count = attempts_under_way();
	struct attempt *attempt;

	if (!count || !*count)
		return NULL;
	attempt = attempt_here();
	if (!attempt || !is_stale(attempt, module_call, ret))
		return attempt;
	attempt_end();
	return NULL;
}

/* ctx is (regs, ret). Anyone can come by here as often as he likes: what is asked first is what costs least. */
static __always_inline int call_returned(__u64 *ctx, enum module_call module_call, bool compat)
{
	const struct control *now = control_read();
	struct call_args args = {};
	struct attempt *attempt;
	long ret = ctx[1];

	if (!now || now->generation != generation)
		return 0;
	attempt = attempt_of_call(module_call, ret);
	if (!attempt && (now->alone != generation || !may_send_alone(module_call, ret)))
		return 0;
	read_call_args(call_regs(ctx), compat, &args);
	if (attempt) {
		send_call(RECORD_CALL_RETURN, attempt, module_call, ret, &args);
		attempt_end();
	} else {
		send_alone(module_call, ret, &args);
	}
	return 0;
}

SEC("fexit/" SYSCALL_WRAPPER("init_module"))
int init_module_return(__u64 *ctx)
{
	return call_returned(ctx, CALL_INIT_MODULE, false);
}

SEC("fexit/" SYSCALL_WRAPPER("finit_module"))
int finit_module_return(__u64 *ctx)
{
	return call_returned(ctx, CALL_FINIT_MODULE, false);
}

SEC("fexit/" SYSCALL_WRAPPER("delete_module"))
int delete_module_return(__u64 *ctx)
{
	return call_returned(ctx, CALL_DELETE_MODULE, false);
}

/*
 * Entry, because the module's exit runs before the call returns, and after it the machine may not be ours any more.
 * Who lacks the capability is refused anyway (root of a user namespace of his own too: the kernel asks for the
 * capability in the initial one): the return says all there is to say.
 */
static __always_inline int delete_entered(__u64 *ctx, bool compat)
{
	struct call_args args = {};
	struct attempt *attempt;

	if (!is_active() || !caller_has(CAP_SYS_MODULE))
		return 0;
	attempt_begin(CALL_DELETE_MODULE, NULL, false);
	attempt = attempt_here();
	if (!attempt)
		return 0;
	read_call_args(call_regs(ctx), compat, &args);
	attempt->abi = args.abi;
	attempt->flags = args.arg[1];
	return 0;
}

SEC("fentry/" SYSCALL_WRAPPER("delete_module"))
int delete_module_entry(__u64 *ctx)
{
	return delete_entered(ctx, false);
}

#ifdef COMPAT_WRAPPER

SEC("fexit/" COMPAT_WRAPPER("init_module"))
int compat_init_module_return(__u64 *ctx)
{
	return call_returned(ctx, CALL_INIT_MODULE, true);
}

SEC("fexit/" COMPAT_WRAPPER("finit_module"))
int compat_finit_module_return(__u64 *ctx)
{
	return call_returned(ctx, CALL_FINIT_MODULE, true);
}

SEC("fexit/" COMPAT_WRAPPER("delete_module"))
int compat_delete_module_return(__u64 *ctx)
{
	return call_returned(ctx, CALL_DELETE_MODULE, true);
}

SEC("fentry/" COMPAT_WRAPPER("delete_module"))
int compat_delete_module_entry(__u64 *ctx)
{
	return delete_entered(ctx, true);
}

#endif
