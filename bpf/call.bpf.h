/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is said of a call: its result, and the caller's words where the kernel has none of its own. */
#ifndef KMODWATCH_CALL_BPF_H
#define KMODWATCH_CALL_BPF_H

#include "attempt.bpf.h"

struct call_args {
	enum abi abi;
	__u64 arg[3]; /* as the caller passed them */
};

/* The caller's words where the kernel has none of its own. */
static __always_inline void add_caller_text(struct workspace *ws, struct call *call, enum module_call module_call,
					    const struct call_args *args)
{
	if (module_call == CALL_DELETE_MODULE) {
		call->name_read =
		    bpf_probe_read_user_str(call->name, sizeof(call->name), (const void *)args->arg[0]) > 0;
	} else {
		__u64 params = module_call == CALL_INIT_MODULE ? args->arg[2] : args->arg[1];

		add_string(ws, &call->params, (const void *)params, true, TEXT_MAX);
	}
}

static __always_inline void fill_call(struct call *call, enum module_call module_call, long ret,
				      const struct call_args *args)
{
	call->ret = ret;
	call->module_call = module_call;
	call->abi = args->abi;
	if (module_call == CALL_FINIT_MODULE)
		call->flags = (__u32)args->arg[2];
	else if (module_call == CALL_DELETE_MODULE)
		call->flags = (__u32)args->arg[1];
}

/*
 * The end of an attempt, or (RECORD_CALL_DONE) what it is going to be. Where that has arrived, a return that is lost is
 * no event lost: it counts as what it would have repeated.
 */
static __always_inline void send_call(enum record_kind kind, struct attempt *attempt, enum module_call module_call,
				      long ret, const struct call_args *args)
{
	struct workspace *ws;
	struct call *call;
	__u32 slot;

	ws = workspace_take(attempt->done_sent ? RECORD_CALL_DONE : kind, &slot);
	if (!ws)
		return;
	record_begin(ws, kind);
	record_of_attempt(ws, attempt);
	call = &ws->record.call_return.call;
	fill_call(call, module_call, ret, args);
	call->duration_ns = ws->record.header.time - attempt->time;
	call->read_refused = attempt->read_refused;
	call->read_done = attempt->read_done;
	call->image_size = attempt->image_size;
	call->image = attempt->image_state;
	call->appended = attempt->appended;
	call->module_seen = attempt->module_seen;
	call->params_copied = attempt->params_copied;
	__builtin_memcpy(call->name, attempt->image_name, sizeof(call->name));
	if (module_call == CALL_DELETE_MODULE ? !attempt->module_seen : !attempt->params_copied)
		add_caller_text(ws, call, module_call, args);
	if (!record_output(&ring, ws, sizeof(ws->record.call_return), BPF_RB_FORCE_WAKEUP))
		count_lost(attempt->done_sent ? RECORD_CALL_DONE : kind);
	else
		attempt->done_sent = kind == RECORD_CALL_DONE;
	workspace_release(slot);
}

#endif
