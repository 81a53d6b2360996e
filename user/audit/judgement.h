/* SPDX-License-Identifier: BSD-2-Clause */
/* How the verdict on a target is found. */
#ifndef KMODWATCH_AUDIT_JUDGEMENT_H
#define KMODWATCH_AUDIT_JUDGEMENT_H

#include "coverage.h"
#include "verdict.h"

/*
 * Judges the target. What the verdict points to is in the arena, or the rule set's. Returns 0 or -ENOMEM.
 */
int coverage_judge(const struct coverage *coverage, const struct target *target, struct arena *arena,
		   struct verdict *verdict);

#endif
