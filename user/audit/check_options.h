/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KMODWATCH_AUDIT_CHECK_OPTIONS_H
#define KMODWATCH_AUDIT_CHECK_OPTIONS_H

#include <stddef.h>

struct check_options {
	const char *profile;
	const char *const *rules; /* judged instead of the system's; the kernel is not asked then */
	size_t rules_count;
};

#endif
