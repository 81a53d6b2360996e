/* SPDX-License-Identifier: BSD-2-Clause */
/* The places of our programs where the kernel is told not to preempt them. */
#ifndef KMODWATCH_PREEMPTION_H
#define KMODWATCH_PREEMPTION_H

struct bpf_program;
struct btf;

/*
 * Puts the kernel's functions there, or nothing where it has none (they came in 6.10, fc7566ad0a82) or forbids calls of
 * global functions between them (until 6.15, c5bcc8c78127 or so). kernel: its BTF. Returns 0 or a negative errno.
 */
int preemption_prepare(struct bpf_program *program, const struct btf *kernel);

#endif
