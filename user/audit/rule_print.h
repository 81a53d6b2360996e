/* SPDX-License-Identifier: BSD-2-Clause */
/* A rule as text that auditctl reads back as the same rule. */
#ifndef KMODWATCH_AUDIT_RULE_PRINT_H
#define KMODWATCH_AUDIT_RULE_PRINT_H

#include "rule.h"

/* The rule as a line of a rules file, in the arena; NULL when there is no memory. */
char *rule_print(const struct rule *rule, struct arena *arena);

#endif
