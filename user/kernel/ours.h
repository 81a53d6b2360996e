/* SPDX-License-Identifier: BSD-2-Clause */
/* What is ours in the kernel, as the programs know it: the map that tells them whose touch of what to report. */
#ifndef KMODWATCH_OURS_H
#define KMODWATCH_OURS_H

#include "probe.h"

/* Enters all that side has, and takes out what it has not any more. Returns 0 or a negative errno. */
int ours_enter(const struct kernel_side *side);
/* Whether all that side has is there. */
bool ours_are_whole(const struct kernel_side *side);

/*
 * A sum over where the functions of the program begin, as they are now, from the programs' look at it. open: the same
 * program, opened by this process just now. 0: it is not known.
 */
uint64_t ours_code(const struct kernel_side *side, size_t probe);

#endif
