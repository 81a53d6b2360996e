// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel's own tracepoints on modules. */
#include "call.bpf.h"
#include "signature.bpf.h"

static __always_inline void add_optional(struct workspace *ws, struct span *span, const char *text)
{
	if (text)
		add_string(ws, span, text, false, TEXT_MAX);
}

static __always_inline void send_module(enum record_kind kind, struct module *mod, struct attempt *attempt)
{
	struct workspace *ws;
	struct module_info *info;
	__u32 slot;

	ws = workspace_take(kind, &slot);
	if (!ws)
		return;
	record_begin(ws, kind);
	if (attempt)
		record_of_attempt(ws, attempt);
	info = &ws->record.module.module;
	info->address = (__u64)mod;
	info->taints = BPF_CORE_READ(mod, taints);
	info->size = module_core_size(mod);
	info->state = BPF_CORE_READ(mod, state);
	info->sig_ok = module_sig_ok(mod);
	bpf_probe_read_kernel_str(info->name, sizeof(info->name), &mod->name);
	add_optional(ws, &info->version, BPF_CORE_READ(mod, version));
	add_optional(ws, &info->srcversion, BPF_CORE_READ(mod, srcversion));
	if (kind == RECORD_MODULE_COMING)
		record_send(ws, sizeof(ws->record.module));
	else
		record_send_early(ws, sizeof(ws->record.module));
	workspace_release(slot);
}

/* Where the hook that begins an attempt is missing, the module's tracepoint is the first to know of it. */
static __always_inline struct attempt *attempt_of_module(enum module_call module_call)
{
	struct attempt *attempt = attempt_here();

	if (!attempt) {
		attempt_begin(module_call, NULL, false);
		attempt = attempt_here();
	}
	if (attempt)
		attempt->module_seen = 1;
	return attempt;
}

/* The module is complete, its init has not run. ctx is (mod) */
SEC("tp_btf/module_load")
int module_load(__u64 *ctx)
{
	struct module *mod = (struct module *)ctx[0];
	struct attempt *attempt;

	if (!is_active())
		return 0;
	attempt = attempt_of_module(CALL_UNKNOWN);
	if (attempt)
		attempt->module = (__u64)mod;
	send_module(RECORD_MODULE_COMING, mod, attempt);
	return 0;
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
	ws = workspace_take(RECORD_MODULE_SIGNATURE, &slot);
	if (!ws)
		return APPENDED_UNKNOWN;
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

	if (attempt && is_active())
		attempt->appended = send_appended(attempt, (__u64)BPF_CORE_READ(info, hdr), BPF_CORE_READ(info, len));
	return 0;
}

/*
 * The result, before the call returns it. The return is not enough: a kernel that preempts a program in its midst (7.2
 * does by default) skips the same program for every other thread that comes along on that CPU meanwhile (prog->active),
 * and anyone can be in the midst of the program on the call's return. Here is nobody but who may load modules.
 */
static __always_inline void call_done(struct attempt *attempt, long ret, const struct call_args *args)
{
	attempt->ret = ret;
	attempt->done = 1;
	send_call(RECORD_CALL_DONE, attempt, attempt->module_call, ret, args);
}

/* ctx is (info, uargs, flags, ret) */
SEC("fexit/load_module")
int load_done(__u64 *ctx)
{
	struct attempt *attempt = attempt_here();
	struct call_args args = {};

	if (!attempt || !is_active())
		return 0;
	if (attempt->module_call == CALL_INIT_MODULE) {
		args.arg[2] = ctx[1];
	} else {
		args.arg[1] = ctx[1];
		args.arg[2] = (__u32)ctx[2];
	}
	call_done(attempt, (int)ctx[3], &args);
	return 0;
}

int unload_done(void);

/* On its own, as the stack of who calls has no more room. */
__noinline int unload_done(void)
{
	struct attempt *attempt = attempt_here();
	struct call_args args = {};

	if (!attempt)
		return 0;
	args.abi = attempt->abi;
	args.arg[1] = attempt->flags;
	call_done(attempt, 0, &args); /* nothing can stop it any more */
	return 0;
}

/* The module's exit has run, or its init failed. ctx is (mod) */
SEC("tp_btf/module_free")
int module_free(__u64 *ctx)
{
	struct module *mod = (struct module *)ctx[0];
	struct attempt *attempt = attempt_here();
	bool failed = attempt && attempt->module == (__u64)mod; /* its init did, and the call goes on */

	if (!is_active())
		return 0;
	if (!failed)
		attempt = attempt_of_module(CALL_DELETE_MODULE);
	send_module(RECORD_MODULE_FREE, mod, attempt);
	return failed ? 0 : unload_done();
}
