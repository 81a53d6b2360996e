// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the kernel is handed: the LSM hooks around the reading of a module's bytes, and its parameters. A load becomes
 * an attempt at the first of them, not at the call's entry: a call that is refused before costs one program and nothing
 * else. The hooks serve firmware, kexec images and policies too: hence the ids.
 */
#include "attempt.bpf.h"
#include "chunk.bpf.h"
#include "compat.bpf.h"
#include "elf.bpf.h"
#include "preempt.bpf.h"

static __always_inline int load_begins(enum module_call module_call, const struct file *file, bool read_refused)
{
	struct attempt *attempt;

	preemption_off();
	attempt = attempt_begin(module_call);
	if (attempt) {
		attempt->handle = (__u64)file;
		attempt->read_refused = read_refused;
		if (module_call == CALL_FINIT_MODULE)
			attempt_describe_file(UNEXTENDABLE);
		else
			attempt_describe(UNEXTENDABLE);
	}
	preemption_on();
	return 0;
}

/* finit_module: ctx is (file, id, ..., ret); `contents` came in 5.10 */
SEC("fexit/security_kernel_read_file")
int read_file(__u64 *ctx)
{
	if (!is_module_read(ctx[1]) || !is_active())
		return 0;
	return load_begins(CALL_FINIT_MODULE, (const struct file *)ctx[0], (int)ctx[3] < 0);
}

/* init_module: ctx is (id, contents, ret) */
SEC("fexit/security_kernel_load_data")
int load_data(__u64 *ctx)
{
	if (!is_module_data(ctx[0]) || !is_active())
		return 0;
	return load_begins(CALL_INIT_MODULE, NULL, (int)ctx[2] < 0);
}

/*
 * A pass over the image: the first looks at it and begins to send it, each later one goes on. Where the kernel takes a
 * compressed file apart it comes here twice (READING_MODULE_COMPRESSED, 6.19 or so): the file's bytes are sent, the
 * name and the license are looked for in both.
 */
static __always_inline void image_read(void *ctx, void *passes, const void *image, __u64 size)
{
	struct attempt *attempt = attempt_here();

	if (!attempt || !is_active())
		return;
	if (attempt->image_state != IMAGE_SENDING) {
		if (!attempt->read_done) {
			attempt->read_done = 1;
			attempt->image_size = size;
			image_begin(attempt, (__u64)image);
		}
		image_look((__u64)image, size);
	}
	image_send(attempt, ctx, passes);
}

/* ctx is (file, buf, size, id) */
SEC("fentry/security_kernel_post_read_file")
int post_read_file(__u64 *ctx)
{
	if (is_module_read(ctx[3]))
		image_read(ctx, &file_passes, (const void *)ctx[1], ctx[2]);
	return 0;
}

/* ctx is (buf, size, id, description) */
SEC("fentry/security_kernel_post_load_data")
int post_load_data(__u64 *ctx)
{
	if (is_module_data(ctx[2]))
		image_read(ctx, &memory_passes, (const void *)ctx[0], ctx[1]);
	return 0;
}

/*
 * load_module() copies the parameters with strndup_user(uargs, ~0UL >> 1). The copy is read here, when it is made: the
 * caller cannot change it any more, and the kernel has not yet taken it apart (parse_args() writes NULs into it, so
 * that at module_load mod->args ends after the first name). ctx is (uargs, n, ret)
 */
SEC("fexit/strndup_user")
int params_copied(__u64 *ctx)
{
	struct attempt *attempt;
	struct workspace *ws;
	__u32 slot;

	/* mount() and its like call it too; an error is a pointer to the last page */
	if (ctx[1] != ~0UL >> 1 || ctx[2] >= (__u64)-4095)
		return 0;
	attempt = attempt_here();
	if (!attempt || attempt->params_copied || !is_active())
		return 0;
	attempt->params_copied = 1;
	ws = workspace_take(POOL_PRIVILEGED, &slot);
	if (!ws) {
		count_lost(RECORD_MODULE_PARAMS);
		return 0;
	}
	record_begin(ws, RECORD_MODULE_PARAMS);
	record_of_attempt(ws, attempt);
	add_string(ws, &ws->record.module_params.params, (const char *)ctx[2], false, TEXT_MAX);
	record_send_early(ws, sizeof(ws->record.module_params));
	workspace_release(slot);
	return 0;
}
