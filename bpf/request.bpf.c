// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A module request, and its way to the process that the kernel starts for it: kernel.modprobe's program. The way is
 * followed from hand to hand, so that of two requests for one alias each finds its own process:
 *
 *   the requester   __request_module(): module_request, then call_usermodehelper_exec(info), in one thread
 *   a kworker       starts a thread, which runs call_usermodehelper_exec_async(info) and executes the program
 */
#include "carrier.bpf.h"
#include "limit.bpf.h"
#include "request.bpf.h"
#include "compat.bpf.h"

extern const volatile __u64 limit_factor;

static __always_inline __u32 share_of_caller(__u32 uid)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	if (BPF_CORE_READ(task, cred, user_ns, ns.inum) != INITIAL_USER_NS)
		return SHARE_NAMESPACES;
	return uid ? SHARE_USERS + (uid * limit_factor >> 32) % USERS_SHARES : SHARE_ROOT;
}

/* In the context of the process that made the kernel want a module. ctx is (name, wait, ip) */
SEC("tp_btf/module_request")
int module_request(__u64 *ctx)
{
	const union limit_word what = { .key.uid = caller_uid(), .key.what = LIMITED_MODULE_REQUEST };
	struct request_id id = { .uid = what.key.uid, .share = share_of_caller(what.key.uid) };
	struct module_request_record *request;
	struct workspace *ws;
	__u32 slot;

	if (!is_active())
		return 0;
	id.time = bpf_ktime_get_boot_ns();
	id.cpu = bpf_get_smp_processor_id();
	id.suppressed = !limit_takes(what.word, true, UNEXTENDABLE);
	request_put(thread_key(), &id);
	ws = workspace_take(caller_has(CAP_SYS_MODULE) ? POOL_PRIVILEGED : POOL_ANYONE, &slot);
	if (!ws) {
		count_lost(RECORD_MODULE_REQUEST);
		return 0;
	}
	record_begin(ws, RECORD_MODULE_REQUEST);
	ws->record.header.time = ws->record.header.attempt_time = id.time;
	ws->record.header.cpu = ws->record.header.attempt_cpu = id.cpu;
	request = &ws->record.module_request;
	add_string(ws, &request->alias, (const char *)ctx[0], false, TEXT_MAX);
	request->wait = !!(__u8)ctx[1];
	request->suppressed = id.suppressed;
	subject_read(slot, UNEXTENDABLE);
	if (!id.suppressed)
		limit_charge(id.uid, ws->text_used, UNEXTENDABLE);
	request_send(ws, sizeof(*request), id.suppressed);
	workspace_release(slot);
	return 0;
}

/* Whether it is the helper for a request: call_modprobe() is the only one that passes these. */
static __always_inline bool is_for_request(const struct subprocess_info *info)
{
	char **argv = BPF_CORE_READ(info, argv);
	char *words[3] = {};
	char quiet[3] = {}, end[3] = {};

	bpf_probe_read_kernel(words, sizeof(words), argv);
	bpf_probe_read_kernel(quiet, sizeof(quiet), words[1]);
	bpf_probe_read_kernel(end, sizeof(end), words[2]);
	return quiet[0] == '-' && quiet[1] == 'q' && !quiet[2] && end[0] == '-' && end[1] == '-' && !end[2];
}

/* Still the requester's thread; cores are dumped and the like through it too. ctx is (info, wait) */
SEC("fentry/call_usermodehelper_exec")
int helper_wanted(__u64 *ctx)
{
	if (!is_active())
		return 0;
	if (is_for_request((const struct subprocess_info *)ctx[0]))
		request_move(thread_key(), ctx[0]);
	else
		request_forget(ctx[0]); /* the address may be an earlier one's */
	return 0;
}

/* The new process, before it executes the program: from here on the request is carried. ctx is (info) */
SEC("fentry/call_usermodehelper_exec_async")
int helper_begins(__u64 *ctx)
{
	struct carrier carrier = {};

	if (!is_active())
		return 0;
	if (request_take(ctx[0], &carrier.request)) {
		carrier.start_time = process_start();
		carrier_put(carriers_counted(), bpf_get_current_pid_tgid() >> 32, &carrier);
		request_put(process_key(), &carrier.request);
	} else {
		request_forget(process_key());
	}
	return 0;
}
