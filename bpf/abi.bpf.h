/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System call numbers, arguments and callers' ABIs: the one header that knows the machine.
 * A program on a syscall wrapper gets a pointer to the caller's registers as its only argument.
 */
#ifndef KMODWATCH_ABI_BPF_H
#define KMODWATCH_ABI_BPF_H

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "call.bpf.h"

#if defined(__TARGET_ARCH_x86)
#define SYSCALL_WRAPPER(name) "__x64_sys_" name
#define COMPAT_WRAPPER(name) "__ia32_sys_" name
#elif defined(__TARGET_ARCH_arm64)
#define SYSCALL_WRAPPER(name) "__arm64_sys_" name
/* 32-bit callers enter the same functions */
#endif

/*
 * The registers of the call, from the context of a program on a syscall wrapper. Not a plain ctx[0]: on 5.10 the
 * wrapper's BTF only declares struct pt_regs, and the verifier refuses to load a pointer to such a type.
 */
static __always_inline struct pt_regs *call_regs(const __u64 *ctx)
{
	struct pt_regs *regs = NULL;

	bpf_probe_read_kernel(&regs, sizeof(regs), ctx);
	return regs;
}

/* The three calls have other numbers in each ABI. */
static __always_inline enum module_call call_of_number(int number, int init, int delete, int finit)
{
	if (number == init)
		return CALL_INIT_MODULE;
	if (number == delete)
		return CALL_DELETE_MODULE;
	return number == finit ? CALL_FINIT_MODULE : CALL_UNKNOWN;
}

#if defined(__TARGET_ARCH_x86)

/* Of a call that has no wrapper: it was refused before. */
static __always_inline enum module_call call_by_number(__u32 number, enum abi *abi)
{
	enum { X32 = 0x40000000, TS_COMPAT = 2 };
	struct task_struct *task = (void *)bpf_get_current_task();

	if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT) {
		*abi = ABI_I386;
		return call_of_number(number, 128, 129, 350);
	}
	*abi = number & X32 ? ABI_X32 : ABI_X86_64;
	return call_of_number(number & ~X32, 175, 176, 313);
}

static __always_inline void read_call_args(const struct pt_regs *regs, bool compat, struct call_args *args)
{
	if (compat) {
		args->abi = ABI_I386;
		args->arg[0] = (__u32)BPF_CORE_READ(regs, bx);
		args->arg[1] = (__u32)BPF_CORE_READ(regs, cx);
		args->arg[2] = (__u32)BPF_CORE_READ(regs, dx);
	} else {
		/* __X32_SYSCALL_BIT; x32 callers enter the 64-bit functions */
		args->abi = BPF_CORE_READ(regs, orig_ax) & 0x40000000 ? ABI_X32 : ABI_X86_64;
		args->arg[0] = BPF_CORE_READ(regs, di);
		args->arg[1] = BPF_CORE_READ(regs, si);
		args->arg[2] = BPF_CORE_READ(regs, dx);
	}
}

#elif defined(__TARGET_ARCH_arm64)

/* A fact of the registers. The flag in thread_info is the kernel's own affair, and its number may change. */
static __always_inline bool is_32bit(const struct pt_regs *regs)
{
	enum { PSR_MODE32 = 0x10 };

	return BPF_CORE_READ(regs, pstate) & PSR_MODE32;
}

/* Where they are not at hand: asked for (5.15), or else by TIF_32BIT, which was 22 in all older kernels. */
static __always_inline bool is_32bit_task(void)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return is_32bit((const void *)bpf_task_pt_regs(bpf_get_current_task_btf()));
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), thread_info.flags) >> 22 & 1;
}

/* Of a call that has no wrapper: it was refused before. */
static __always_inline enum module_call call_by_number(__u32 number, enum abi *abi)
{
	*abi = is_32bit_task() ? ABI_ARM : ABI_AARCH64;
	return *abi == ABI_ARM ? call_of_number(number, 128, 129, 379) : call_of_number(number, 105, 106, 273);
}

static __always_inline void read_call_args(const struct pt_regs *regs, bool compat, struct call_args *args)
{
	args->abi = is_32bit(regs) ? ABI_ARM : ABI_AARCH64;
	args->arg[0] = BPF_CORE_READ(regs, regs[0]);
	args->arg[1] = BPF_CORE_READ(regs, regs[1]);
	args->arg[2] = BPF_CORE_READ(regs, regs[2]);
}

#endif

#endif
