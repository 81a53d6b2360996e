/* SPDX-License-Identifier: BSD-2-Clause */
/* --check-audit, --print-rules and --print-profile. */
#ifndef KMODWATCH_AUDIT_COMMAND_H
#define KMODWATCH_AUDIT_COMMAND_H

#include "../options.h"

/* Does what the options ask for and returns the process's exit code; every error has been explained. */
int audit_command(const struct options *options, const volatile int *stopping);

#endif
