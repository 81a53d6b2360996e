/* SPDX-License-Identifier: BSD-2-Clause */
/* A rule that was meant for a target and can never fire. */
#ifndef KMODWATCH_AUDIT_INERT_RULE_H
#define KMODWATCH_AUDIT_INERT_RULE_H

#include "coverage.h"

/* A rule that was meant for the target and can never fire: *reason says why. NULL: there is none. */
const struct rule *inert_rule_of(const struct coverage *coverage, const struct target *target, struct arena *arena,
				 const char **reason);

#endif
