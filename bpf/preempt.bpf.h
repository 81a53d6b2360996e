/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Preemption is kept out of what takes long: a program that was preempted is skipped for every other thread that comes
 * along on its CPU meanwhile. bpf_preempt_disable() and bpf_preempt_enable() are kernel functions, which libbpf 1.1
 * cannot look for on kernels that have them not without CAP_SYS_ADMIN. So these two calls are to functions that no
 * kernel has, and the user side puts the kernel's in their place, or nothing (user/kernel/preemption.c).
 */
#ifndef KMODWATCH_PREEMPT_BPF_H
#define KMODWATCH_PREEMPT_BPF_H

#include "map_values.h"

static void (*const preemption_off)(void) = (void *)PREEMPTION_OFF;
static void (*const preemption_on)(void) = (void *)PREEMPTION_ON;

#endif
