/* SPDX-License-Identifier: BSD-2-Clause */
/* Our types, their members and enumerators against one kernel's. */
#ifndef KMODWATCH_COMPARE_H
#define KMODWATCH_COMPARE_H

#include "findings.h"

/* Compares each type that has a variable in ours with kernel k. Returns how many those are. */
int compare_kernel(int k, const struct btf *ours);

#endif
