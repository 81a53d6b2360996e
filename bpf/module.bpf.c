// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The kernel's own tracepoints on modules. */
#include "call.bpf.h"

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
	record_send(&ring, ws, sizeof(ws->record.module));
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

/* The module's exit has run, or its init failed. ctx is (mod) */
SEC("tp_btf/module_free")
int module_free(__u64 *ctx)
{
	struct module *mod = (struct module *)ctx[0];
	struct attempt *attempt = attempt_here();
	struct call_args args = {};

	/* the init failed: what there is to say of the module was said when it came */
	if ((attempt && attempt->module == (__u64)mod) || !is_active())
		return 0;
	attempt = attempt_of_module(CALL_DELETE_MODULE);
	send_module(RECORD_MODULE_FREE, mod, attempt);
	if (attempt)
		call_done(attempt, 0, &args); /* nothing can stop it any more */
	return 0;
}

/* In the context of the process that made the kernel want a module. ctx is (name, wait, ip) */
SEC("tp_btf/module_request")
int module_request(__u64 *ctx)
{
	struct module_request_record *request;
	struct workspace *ws;
	__u32 slot;

	if (!is_active())
		return 0;
	ws = workspace_take(RECORD_MODULE_REQUEST, &slot);
	if (!ws)
		return 0;
	record_begin(ws, RECORD_MODULE_REQUEST);
	request = &ws->record.module_request;
	add_string(ws, &request->alias, (const char *)ctx[0], false, TEXT_MAX);
	request->wait = !!(__u8)ctx[1];
	subject_read(slot);
	record_send(&ring, ws, sizeof(*request));
	workspace_release(slot);
	return 0;
}
