// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The calls: their returns, and delete_module's entries. On the wrappers of both ABIs, not on the syscalls:sys_enter_*
 * tracepoints: those skip 32-bit callers, and put every task's every system call on the slow path.
 */
#include "abi.bpf.h"
#include "call.bpf.h"
#include "limit.bpf.h"
#include "preempt.bpf.h"
#include "source.bpf.h"
#include "subject.bpf.h"

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

/* By values that nobody can change meanwhile, but for a name: then another call than this one would be refused. */
static __always_inline bool is_empty(const struct call *call, enum module_call module_call,
				     const struct call_args *args)
{
	switch (module_call) {
	case CALL_INIT_MODULE:
		return !args->arg[1];
	case CALL_FINIT_MODULE:
		return (int)args->arg[0] < 0;
	case CALL_DELETE_MODULE:
		return call->name_read && !call->name[0];
	default:
		return false;
	}
}

/*
 * A call that never became an attempt: refused, or (result 0) one that got the result of another caller's load of the
 * same file (6.5, 9b9879fc0327 "modules: catch concurrent module loads, treat them as idempotent").
 */
static __always_inline void send_alone(enum module_call module_call, long ret, const struct call_args *args)
{
	bool privileged = ret == 0 || caller_has(CAP_SYS_MODULE);
	struct workspace *ws;
	struct call *call;
	__u32 slot;

	ws = workspace_take(privileged ? POOL_PRIVILEGED : POOL_ANYONE, &slot);
	if (!ws) {
		if (privileged)
			brief_send(RECORD_CALL_ALONE, BRIEF_CALL(module_call, args->abi), ret, 0, UNEXTENDABLE);
		else
			count_lost(RECORD_CALL_ALONE);
		return;
	}
	record_begin(ws, RECORD_CALL_ALONE);
	call = &ws->record.call_alone.call;
	fill_call(call, module_call, ret, args);
	call->loads_shared = loads_are_shared();
	add_caller_text(ws, call, module_call, args);
	call->empty = is_empty(call, module_call, args);
	if (module_call == CALL_FINIT_MODULE) {
		struct file *file = file_of(args->arg[0]);

		if (file)
			add_source(ws, slot, &ws->record.call_alone.source, file);
	}
	subject_read(slot, UNEXTENDABLE);
	if (ret == 0) {
		record_send(ws, sizeof(ws->record.call_alone));
	} else {
		limit_charge(ws->record.header.uid, ws->text_used, UNEXTENDABLE);
		record_send_refused(ws, sizeof(ws->record.call_alone));
	}
	workspace_release(slot);
}

/* Whether the call that returns was made with what the attempt began with: asked where nothing better tells. */
static __always_inline bool has_handle(const struct attempt *attempt, enum module_call module_call,
				       const struct call_args *args)
{
	if (!attempt->handle)
		return true;
	if (module_call == CALL_DELETE_MODULE)
		return attempt->handle == args->arg[0];
	return attempt->handle == (__u64)file_of(args->arg[0]);
}

/*
 * Whether the return is the attempt's, and not that of the thread's next call, whose own attempt was refused or not
 * seen: what is known of the attempt must allow for it. CALL_UNKNOWN: it began with what became of a module.
 */
static __always_inline bool is_return_of(const struct attempt *attempt, enum module_call module_call, long ret,
					 const struct call_args *args)
{
	if (attempt->start_time != thread_start_time())
		return false;
	if (attempt->module_call != module_call &&
	    (attempt->module_call != CALL_UNKNOWN || module_call == CALL_DELETE_MODULE))
		return false;
	if (attempt->done)
		return attempt->ret == ret;
	switch (attempt->state) {
	case ATTEMPT_LIVE:
	case ATTEMPT_GONE:
		return ret == 0;
	case ATTEMPT_FAILED:
		return ret < 0 && has_handle(attempt, module_call, args);
	}
	return has_handle(attempt, module_call, args);
}

/* The call ended unseen: what is known of its end is said, and no more. */
static __always_inline void settle(const struct attempt *attempt)
{
	enum call_end end = END_UNSEEN;

	if (attempt->done)
		end = END_RETURNED;
	else if (attempt->state == ATTEMPT_LIVE || attempt->state == ATTEMPT_GONE)
		end = END_SUCCESS;
	else if (attempt->state == ATTEMPT_FAILED)
		end = END_FAILURE;
	call_send(RECORD_CALL_RETURN, attempt->module_call, attempt->ret, end, UNEXTENDABLE);
}

/* What the caller passed, for who sends the end. */
static __always_inline void keep_args(struct attempt *attempt, enum module_call module_call,
				      const struct call_args *args)
{
	attempt->abi = args->abi;
	attempt->handle = args->arg[0];
	attempt->params = module_call == CALL_INIT_MODULE ? args->arg[2] : args->arg[1];
	attempt->flags = module_call == CALL_DELETE_MODULE ? args->arg[1] : args->arg[2];
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

	return ret >= 0 || limit_takes(what.word, true, UNEXTENDABLE);
}

/* The attempt that ends with the call; NULL: it was none. */
static __always_inline struct attempt *attempt_of_call(enum module_call module_call, long ret,
						       const struct call_args *args)
{
	struct attempt *attempt = attempt_here();

	if (!attempt || is_return_of(attempt, module_call, ret, args))
		return attempt;
	settle(attempt);
	attempt_end();
	return NULL;
}

static __always_inline bool any_under_way(void)
{
	const __u64 *count = attempts_under_way();

	return count && *count;
}

/* ctx is (regs, ret). Anyone can come by here as often as he likes: what is asked first is what costs least. */
static __always_inline int call_returned(__u64 *ctx, enum module_call module_call, bool compat)
{
	const struct control *now = control_read();
	struct attempt *attempt = NULL;
	struct call_args args = {};
	long ret = ctx[1];

	if (!now || now->generation != generation)
		return 0;
	if (any_under_way()) {
		read_call_args(call_regs(ctx), compat, &args);
		attempt = attempt_of_call(module_call, ret, &args);
	}
	if (attempt) {
		preemption_off();
		keep_args(attempt, module_call, &args);
		call_send(RECORD_CALL_RETURN, module_call, ret, END_RETURNED, UNEXTENDABLE);
		attempt_end();
		preemption_on();
		return 0;
	}
	if (now->alone != generation || !may_send_alone(module_call, ret))
		return 0;
	read_call_args(call_regs(ctx), compat, &args);
	preemption_off();
	send_alone(module_call, ret, &args);
	preemption_on();
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
	read_call_args(call_regs(ctx), compat, &args);
	preemption_off();
	attempt = attempt_begin(CALL_DELETE_MODULE);
	if (attempt) {
		keep_args(attempt, CALL_DELETE_MODULE, &args);
		attempt_describe(UNEXTENDABLE);
	}
	preemption_on();
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
