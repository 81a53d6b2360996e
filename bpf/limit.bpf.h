/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What anyone may cause in any number: so many a second go on, the rest is counted, and costs next to nothing. */
#ifndef KMODWATCH_LIMIT_BPF_H
#define KMODWATCH_LIMIT_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

/*
 * Whether it goes on; else it has been counted. word: a limit_word. may_go_on: false, it is only counted. A global
 * function: see path.bpf.h.
 */
int limit_takes(__u64 word, __u64 may_go_on, unextendable by);

/*
 * Charges what may become of the record of one who is taken, until the user side knows what the line's bytes are
 * (user/calls/budget.h, which must know what was charged).
 */
int limit_charge(__u32 uid, __u64 text_size, unextendable by);

#endif
