/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who acts: the current task's identity. */
#ifndef KMODWATCH_SUBJECT_BPF_H
#define KMODWATCH_SUBJECT_BPF_H

#include "maps.bpf.h"

/* Fills the subject of the workspace's record, and its texts. A global function: see path.bpf.h. */
int subject_read(__u32 slot, unextendable by);

#endif
