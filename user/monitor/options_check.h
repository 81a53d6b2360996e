/* SPDX-License-Identifier: BSD-2-Clause */
/* --check-options: whether what the options name could be used, without using it. */
#ifndef KMODWATCH_OPTIONS_CHECK_H
#define KMODWATCH_OPTIONS_CHECK_H

struct options;

/*
 * Looks at the profile, the folders and the BTF that the options name, and changes nothing. Says on stderr what is
 * wrong with each. Returns EXIT_ENDED or EXIT_NO_START.
 */
int options_check(const struct options *options);

#endif
