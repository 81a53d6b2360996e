// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "call.bpf.h"

static __always_inline void fill_attempt(struct call *call, const struct attempt *attempt)
{
	call->read_refused = attempt->read_refused;
	call->read_done = attempt->read_done;
	call->image_size = attempt->image_size;
	call->image = attempt->image_state;
	call->appended = attempt->appended;
	call->module_seen = attempt->state != ATTEMPT_BEGUN;
	call->params_copied = attempt->params_copied;
	__builtin_memcpy(call->name, attempt->image_name, sizeof(call->name));
	call->license_read = attempt->license_read;
	__builtin_memcpy(call->license, attempt->license, sizeof(call->license));
}

/* What the caller passed, as far as it was kept. */
static __always_inline struct call_args args_of(const struct attempt *attempt, enum module_call module_call)
{
	struct call_args args = { .abi = attempt->abi };

	if (module_call == CALL_DELETE_MODULE) {
		args.arg[0] = attempt->handle;
		args.arg[1] = attempt->flags;
	} else {
		args.arg[1] = args.arg[2] = attempt->params;
		if (module_call == CALL_FINIT_MODULE)
			args.arg[2] = attempt->flags;
	}
	return args;
}

/* Where the result has been sent, a return that is lost is no event lost: it counts as what it would have repeated. */
__weak int call_send(__u32 kind, __u32 module_call, __s64 ret, __u32 end, unextendable by)
{
	struct attempt *attempt = attempt_here();
	struct call_args args;
	struct workspace *ws;
	struct call *call;
	__u32 slot;

	if (!attempt)
		return 0;
	ws = workspace_take(POOL_PRIVILEGED, &slot);
	if (!ws) {
		brief_send(kind, BRIEF_CALL(module_call, attempt->abi), end == END_RETURNED ? ret : BRIEF_END + end,
			   attempt->module, UNEXTENDABLE);
		return 0;
	}
	record_begin(ws, kind);
	record_of_attempt(ws, attempt);
	call = &ws->record.call_return.call;
	args = args_of(attempt, module_call);
	fill_call(call, module_call, ret, &args);
	call->duration_ns = ws->record.header.time - attempt->time;
	call->end = end;
	fill_attempt(call, attempt);
	if (module_call == CALL_DELETE_MODULE ? !call->module_seen : !attempt->params_copied)
		add_caller_text(ws, call, module_call, &args);
	if (!record_output(&ring, ws, sizeof(ws->record.call_return), BPF_RB_FORCE_WAKEUP))
		count_lost(attempt->result_sent ? RECORD_CALL_DONE : kind);
	else if (kind == RECORD_CALL_DONE)
		attempt->result_sent = 1;
	workspace_release(slot);
	return 0;
}
