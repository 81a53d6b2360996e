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
		call->name_read = /* 0 is the answer for "" of 6.1 and others */
		    bpf_probe_read_user_str(call->name, sizeof(call->name), (const void *)args->arg[0]) >= 0;
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
 * Sends how this thread's attempt ends, or (RECORD_CALL_DONE) will end. What the caller passed is what the attempt
 * keeps of it. kind, module_call and end as in the record; a global function, for the reason given in path.bpf.h.
 */
int call_send(__u32 kind, __u32 module_call, __s64 ret, __u32 end, unextendable by);

#endif
