/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel refuses in a rule that auditctl sent. */
#ifndef KMODWATCH_AUDIT_VALID_H
#define KMODWATCH_AUDIT_VALID_H

#include "rule.h"

/*
 * Remembers the last folder that was looked at: watches of one folder usually stand together. What is looked up is
 * this machine's file system.
 */
struct valid_cache {
	char folder[4096];
	int result;
};

/* NULL when the kernel takes the rule, else why not, in one sentence (a constant). */
const char *valid_check(const struct rule *rule, struct valid_cache *cache);

#endif
