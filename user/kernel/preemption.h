/* SPDX-License-Identifier: BSD-2-Clause */
/* The places of our programs where the kernel is told not to preempt them. */
#ifndef KMODWATCH_PREEMPTION_H
#define KMODWATCH_PREEMPTION_H

#include <linux/bpf.h>

struct bpf_program;
struct btf;

/* What stands there. */
struct preemption {
	struct bpf_insn off, on;
};

/*
 * Calls of the kernel's functions, or nothing where it has none (they came in 6.10, fc7566ad0a82), forbids calls of
 * global functions between them (until 6.15, c5bcc8c78127 or so) or lets no program call them. kernel: its BTF.
 */
struct preemption preemption_find(const struct btf *kernel);
/* Puts it there. Returns 0 or a negative errno. */
int preemption_prepare(struct bpf_program *program, const struct preemption *preemption);

#endif
