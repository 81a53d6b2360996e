/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maps that are closed for user space. Who is root could write into any map; what the user side has no need to write
 * itself is frozen (BPF_MAP_FREEZE, for good), which leaves it to the programs.
 */
#ifndef KMODWATCH_SEAL_H
#define KMODWATCH_SEAL_H

#include "probe.h"

/* Closes those of the maps that are to be closed. Returns 0 or a negative errno. */
int seal_maps(const struct kernel_side *side);

/* Whether somebody closed a map that has to be open. */
bool seal_is_foreign(const struct kernel_side *side, enum map map);

#endif
