/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole check: gathers the rules, judges them, and says what else is worth knowing. */
#ifndef KMODWATCH_AUDIT_CHECK_RUN_H
#define KMODWATCH_AUDIT_CHECK_RUN_H

#include "check.h"

/*
 * Makes the check. *out is the caller's to free with check_freep(); the options must live on. Returns 0, or a
 * negative errno where there is no result at all (a profile or file of --rules that cannot be read): *why as in
 * rules_read().
 */
int check_run(const struct check_options *options, struct check **out, char **why);

/* Whether the profile can be used. Returns 0 or a negative errno with *why as above. */
int check_profile(const char *name, char **why);

#endif
