/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules that would close the gaps. */
#ifndef KMODWATCH_AUDIT_CLOSING_RULES_H
#define KMODWATCH_AUDIT_CLOSING_RULES_H

#include "check.h"

#include <stdio.h>

/* Writes them as a rules file. Returns 0 or -ENOMEM; whether out took them, fflush() says. */
int closing_rules_write(struct check *check, FILE *out);

#endif
