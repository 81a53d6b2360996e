/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a verdict is what it is, in words. */
#ifndef KMODWATCH_AUDIT_EXPLAIN_H
#define KMODWATCH_AUDIT_EXPLAIN_H

#include "pieces.h"
#include "verdict.h"

/* "rules.d/10.rules:3", or "rule 3 in the kernel". In the arena. */
const char *explain_source(const struct rule *rule, struct arena *arena);

/* Fills narrowed_by and the reason from the pieces that are lost for sure (or, unsure: from those that may be). */
void explain_loss(const struct coverage *coverage, const struct target *target, const struct pieces *pieces,
		  bool unsure, struct arena *arena, struct verdict *verdict);

#endif
