// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What becomes of a module: where the kernel itself says so, to its own tracepoints and to those that it notifies. An
 * attempt's states, and the two witnesses of each, are drawn at enum attempt_state.
 */
#include "call.bpf.h"
#include "compat.bpf.h"
#include "preempt.bpf.h"
#include "signature.bpf.h"

static __always_inline void add_optional(struct workspace *ws, struct span *span, const char *text)
{
	if (text)
		add_string(ws, span, text, false, TEXT_MAX);
}

extern const volatile __u64 module_chain;

int module_send(__u32 kind, unextendable by);

/* Sends what the kernel knows of the attempt's module. On its own, for the verifier. */
__weak int module_send(__u32 kind, unextendable by)
{
	struct attempt *attempt = attempt_here();
	struct module_info *info;
	const struct module *mod;
	struct workspace *ws;
	__u32 slot;

	if (!attempt)
		return 0;
	mod = (const struct module *)attempt->module;
	ws = workspace_take(POOL_PRIVILEGED, &slot);
	if (!ws) {
		brief_send(kind, attempt->module_call, 0, attempt->module, UNEXTENDABLE);
		return 0;
	}
	record_begin(ws, kind);
	record_of_attempt(ws, attempt);
	info = &ws->record.module.module;
	info->address = (__u64)mod;
	info->taints = BPF_CORE_READ(mod, taints);
	info->size = module_core_size(mod);
	info->state = BPF_CORE_READ(mod, state);
	info->sig_ok = module_sig_ok(mod);
	bpf_probe_read_kernel_str(info->name, sizeof(info->name), &mod->name);
	info->license_read = attempt->license_read;
	__builtin_memcpy(info->license, attempt->license, sizeof(info->license));
	add_optional(ws, &info->version, BPF_CORE_READ(mod, version));
	add_optional(ws, &info->srcversion, BPF_CORE_READ(mod, srcversion));
	if (kind == RECORD_MODULE_COMING)
		record_send(ws, sizeof(ws->record.module));
	else
		record_send_early(ws, sizeof(ws->record.module));
	workspace_release(slot);
	return 0;
}

/* The thread's attempt, where it may be this call's: it is under way, and has come to no module yet. */
static __always_inline struct attempt *attempt_open(bool deletes)
{
	struct attempt *attempt = attempt_here();

	if (!attempt || attempt->state != ATTEMPT_BEGUN || attempt->start_time != thread_start_time() ||
	    (attempt->module_call == CALL_DELETE_MODULE) != deletes)
		return NULL;
	return attempt;
}

/* The attempt by which this module comes or goes. One that has brought it here is not the one that takes it away. */
static __always_inline struct attempt *attempt_with(const struct module *mod)
{
	struct attempt *attempt = attempt_here();

	return attempt && attempt->module == (__u64)mod && attempt->state != ATTEMPT_LIVE ? attempt : NULL;
}

static __always_inline void module_came(const struct module *mod, struct attempt *attempt)
{
	if (!attempt)
		return;
	attempt->module = (__u64)mod;
	attempt->state = ATTEMPT_COMING;
	module_send(RECORD_MODULE_COMING, UNEXTENDABLE);
}

/* The module is complete, its init has not run. ctx is (mod) */
SEC("tp_btf/module_load")
int module_load(__u64 *ctx)
{
	struct attempt *attempt;

	if (!is_active())
		return 0;
	preemption_off();
	attempt = attempt_open(false);
	if (!attempt) { /* the hook that begins one was skipped, or is missing */
		attempt = attempt_begin(CALL_UNKNOWN);
		attempt_describe(UNEXTENDABLE);
	}
	module_came((const struct module *)ctx[0], attempt);
	preemption_on();
	return 0;
}

static __always_inline int init_entered(const struct module *mod)
{
	struct attempt *attempt;

	if (!is_active() || attempt_with(mod))
		return 0;
	preemption_off();
	attempt = attempt_open(false);
	module_came(mod, attempt ? attempt : attempt_begin(CALL_UNKNOWN));
	preemption_on();
	return 0;
}

/*
 * The second and the third to see that a module comes. A thread that is preempted in one of them, or behind it, was
 * there because the one before was skipped. ctx is (mod)
 */
SEC("fentry/do_init_module")
int init_begins(__u64 *ctx)
{
	return init_entered((const struct module *)ctx[0]);
}

SEC("fentry/do_init_module")
int init_begins_again(__u64 *ctx)
{
	return init_entered((const struct module *)ctx[0]);
}

/*
 * What is appended to the module, from the buffer that the kernel is about to check: for a compressed file, what it
 * unpacked. The layout is include/linux/module_signature.h's; the user side reads the signature itself.
 */
static __always_inline enum appended send_appended(struct attempt *attempt, __u64 image, __u64 length)
{
	struct signature_end end = {};
	struct workspace *ws;
	__u64 size;
	__u32 slot;

	if (length < sizeof(end) ||
	    bpf_probe_read_kernel(&end, sizeof(end), (const void *)(image + length - sizeof(end))))
		return APPENDED_UNKNOWN;
	if (!is_signature_end(&end))
		return APPENDED_NOTHING;
	ws = workspace_take(POOL_PRIVILEGED, &slot);
	if (!ws) {
		count_lost(RECORD_MODULE_SIGNATURE);
		return APPENDED_UNKNOWN;
	}
	record_begin(ws, RECORD_MODULE_SIGNATURE);
	record_of_attempt(ws, attempt);
	size = (__u64)__builtin_bswap32(end.sig_len) + sizeof(end);
	if (size > length)
		size = length;
	add_kernel_bytes(ws, &ws->record.module_signature.appended, image + length, size);
	record_send_early(ws, sizeof(ws->record.module_signature));
	workspace_release(slot);
	return APPENDED_SIGNATURE;
}

/* ctx is (info, uargs, flags) */
SEC("fentry/load_module")
int load_begun(__u64 *ctx)
{
	const struct load_info *info = (const struct load_info *)ctx[0];
	struct attempt *attempt = attempt_here();

	if (!attempt || !is_active())
		return 0;
	attempt->params = ctx[1];
	attempt->flags = ctx[2];
	attempt->appended = send_appended(attempt, (__u64)BPF_CORE_READ(info, hdr), BPF_CORE_READ(info, len));
	return 0;
}

/*
 * The result, before the call returns it. The return is not enough: a kernel that preempts a program in its midst (7.2
 * does by default) skips the same program for every other thread that comes along on that CPU meanwhile (prog->active),
 * and anyone can be in the midst of the program on the call's return. Here is nobody but who may load modules.
 * ctx is (info, uargs, flags, ret)
 */
SEC("fexit/load_module")
int load_done(__u64 *ctx)
{
	struct attempt *attempt = attempt_here();

	if (!attempt || !is_active())
		return 0;
	attempt->params = ctx[1];
	attempt->flags = ctx[2];
	attempt->ret = (int)ctx[3];
	attempt->done = 1;
	preemption_off();
	call_send(RECORD_CALL_DONE, attempt->module_call, attempt->ret, END_RETURNED, UNEXTENDABLE);
	preemption_on();
	return 0;
}

/* The end is certain: the return is not waited for. */
static __always_inline void send_end(const struct attempt *attempt, enum call_end end)
{
	call_send(RECORD_CALL_DONE, attempt->module_call, 0, end, UNEXTENDABLE);
}

static __always_inline void module_is_live(const struct module *mod)
{
	struct attempt *attempt = attempt_here();

	if (attempt && attempt->module == (__u64)mod && attempt->state == ATTEMPT_LIVE)
		return; /* the first of the two has said so */
	attempt = attempt_with(mod);
	if (!attempt) { /* that it came was not seen: the load began before we did, or both who see it were skipped */
		attempt = attempt_open(false);
		if (!attempt)
			attempt = attempt_begin(CALL_UNKNOWN);
		if (!attempt)
			return;
		attempt->module = (__u64)mod;
		module_send(RECORD_MODULE_LIVE, UNEXTENDABLE);
	}
	attempt->state = ATTEMPT_LIVE;
	send_end(attempt, END_SUCCESS);
}

/* Gone for good, by a load that fails (its own call says why) or by an unload, which nothing can stop any more. */
static __always_inline void module_went(const struct module *mod, struct attempt *attempt, bool unloaded)
{
	attempt->module = (__u64)mod;
	attempt->state = unloaded ? ATTEMPT_GONE : ATTEMPT_FAILED;
	module_send(RECORD_MODULE_FREE, UNEXTENDABLE);
	send_end(attempt, unloaded ? END_SUCCESS : END_FAILURE);
}

/* The attempt that takes the module away, begun where it was not seen to; NULL: it is none that is told here. */
static __always_inline struct attempt *attempt_going(const struct module *mod, bool unloaded)
{
	struct attempt *attempt = attempt_with(mod);

	if (attempt)
		return attempt->state == ATTEMPT_COMING ? attempt : NULL;
	attempt = attempt_open(unloaded);
	if (attempt)
		return unloaded ? attempt : NULL; /* it failed before its init: that is the call's to tell */
	return attempt_begin(unloaded ? CALL_DELETE_MODULE : CALL_UNKNOWN);
}

/*
 * The module is on its way out: its exit has run, or its init has failed, or what comes before the init, which is the
 * call's to tell.
 */
static __always_inline void module_is_going(const struct module *mod)
{
	bool unloaded = !attempt_with(mod) && module_is_released(mod);
	struct attempt *attempt = attempt_going(mod, unloaded);

	if (attempt)
		module_went(mod, attempt, unloaded);
}

/* The chain, where its address is shown to nobody: the one to which a load that is under way tells of its module. */
static __u64 learned_chain;

static __always_inline bool is_module_chain(const __u64 *ctx)
{
	__u64 chain = module_chain ? module_chain : learned_chain;
	const struct attempt *attempt;

	if (chain)
		return ctx[0] == chain;
	attempt = attempt_here();
	if (!attempt || attempt->state != ATTEMPT_COMING || attempt->module != ctx[2])
		return false;
	learned_chain = ctx[0];
	return true;
}

static __always_inline int chain_called(const __u64 *ctx)
{
	const struct module *mod = (const struct module *)ctx[2];

	if (!is_active() || !is_module_chain(ctx))
		return 0;
	preemption_off();
	if (ctx[1] == MODULE_STATE_LIVE)
		module_is_live(mod);
	else if (ctx[1] == MODULE_STATE_GOING)
		module_is_going(mod);
	preemption_on();
	return 0;
}

/*
 * LIVE comes when the init has succeeded, and nothing can fail any more; GOING behind a module's exit, and behind an
 * init that failed. Unlike a program on a return, this one is entered anew each time: attaching to a function, or
 * detaching from it, lets what is under way in it return past its programs (bpf_tramp_image_put(), 5.12).
 * A second one is there for when the first is skipped. ctx is (nh, val, v)
 */
SEC("fentry/blocking_notifier_call_chain")
int module_notified(__u64 *ctx)
{
	return chain_called(ctx);
}

SEC("fentry/blocking_notifier_call_chain")
int module_notified_again(__u64 *ctx)
{
	return chain_called(ctx);
}

/* The second to see that a module goes, with time to say who does it. ctx is (mod) */
SEC("tp_btf/module_free")
int module_free(__u64 *ctx)
{
	const struct module *mod = (const struct module *)ctx[0];
	struct attempt *attempt;

	if (!is_active())
		return 0;
	preemption_off();
	module_is_going(mod);
	attempt = attempt_with(mod);
	if (attempt && !attempt->described)
		attempt_describe(UNEXTENDABLE);
	if (attempt)
		attempt->module = 0; /* the address may be another's from now on */
	preemption_on();
	return 0;
}
