/* SPDX-License-Identifier: BSD-2-Clause */
/* What an administrator should know besides the verdicts. None of it changes a verdict. */
#ifndef KMODWATCH_AUDIT_ADVICE_H
#define KMODWATCH_AUDIT_ADVICE_H

#include "check.h"

/* Gathers it into the check. Returns 0 or -ENOMEM. */
int advice_gather(struct check *check);

#endif
