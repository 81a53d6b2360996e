// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Calls that a seccomp filter refuses do not come to where the other programs are. audit_seccomp() is called for those
 * that the filter logs: where it kills, which is logged as it comes, and where it was set up to log what it refuses
 * (SECCOMP_FILTER_FLAG_LOG). What else refuses passes by on every system call of every process that has a filter only
 * (__seccomp_filter()), and a program there would be on all of these.
 */
#include "abi.bpf.h"
#include "call.bpf.h"
#include "limit.bpf.h"
#include "preempt.bpf.h"
#include "subject.bpf.h"

enum { SECCOMP_RET_USER_NOTIF_ = 0x7fc00000 }; /* uapi/linux/seccomp.h, a macro there */

/* What another process decides (USER_NOTIF, TRACE) may have been done; LOG lets the call go on. Killing is below 0. */
static __always_inline bool is_refusal(int action)
{
	return action < SECCOMP_RET_USER_NOTIF_;
}

static __always_inline void send_filtered(enum module_call module_call, enum abi abi)
{
	struct workspace *ws;
	struct call *call;
	__u32 slot;

	ws = workspace_take(caller_has(CAP_SYS_MODULE) ? POOL_PRIVILEGED : POOL_ANYONE, &slot);
	if (!ws) {
		count_lost(RECORD_CALL_ALONE);
		return;
	}
	record_begin(ws, RECORD_CALL_ALONE);
	call = &ws->record.call_alone.call;
	call->module_call = module_call;
	call->abi = abi;
	call->ret = -1; /* what the caller is told, if he lives, is not at hand */
	call->end = END_FAILURE;
	call->filtered = 1;
	call->params.state = SPAN_UNKNOWN;
	subject_read(slot, UNEXTENDABLE);
	limit_charge(ws->record.header.uid, ws->text_used, UNEXTENDABLE);
	record_send_refused(ws, sizeof(ws->record.call_alone));
	workspace_release(slot);
}

/* ctx is (syscall, signr, code) */
SEC("fentry/audit_seccomp")
int call_filtered(__u64 *ctx)
{
	union limit_word what = { .key.what = LIMITED_REFUSED };
	enum abi abi;
	enum module_call module_call = call_by_number(ctx[0], &abi);

	if (!module_call || !is_refusal(ctx[2]) || !is_active())
		return 0;
	what.key.uid = caller_uid();
	what.key.module_call = module_call;
	if (!limit_takes(what.word, true, UNEXTENDABLE))
		return 0;
	preemption_off();
	send_filtered(module_call, abi);
	preemption_on();
	return 0;
}
