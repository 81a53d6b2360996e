/* SPDX-License-Identifier: BSD-2-Clause */
/* The check as a table for people, at most 100 columns wide. */
#ifndef KMODWATCH_AUDIT_REPORT_H
#define KMODWATCH_AUDIT_REPORT_H

#include "check.h"

#include <stdio.h>

/* Returns 0; whether out took it, fflush() says. */
int report_write(const struct check *check, FILE *out, bool colour);

#endif
