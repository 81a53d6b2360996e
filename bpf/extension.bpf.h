/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Root could put a program of his own (BPF_PROG_TYPE_EXT, freplace) in the place of a global function of ours. The
 * kernel refuses that for programs on fentry and fexit, and for functions that take a pointer to anything but the
 * program's context (btf_check_func_type_match()): so each global function that a program on a tracepoint reaches has
 * such a parameter, which nobody looks at. Kernels before 5.12 do not take it (e5069b9c23b3 "bpf: Support pointers in
 * global func args"): there the user side makes it a number (user/kernel/extension.c), and sees what was replaced.
 *
 * Such a function is weak: of another, clang knows that nobody looks, and passes whatever the register holds.
 */
#ifndef KMODWATCH_EXTENSION_BPF_H
#define KMODWATCH_EXTENSION_BPF_H

typedef const int *unextendable; /* by this name the user side finds it */

#define UNEXTENDABLE ((unextendable)0)

#endif
