/* SPDX-License-Identifier: BSD-2-Clause */
/* rules.d: what augenrules makes of a folder. */
#ifndef KMODWATCH_AUDIT_RULESD_H
#define KMODWATCH_AUDIT_RULESD_H

#include "source.h"

/*
 * Reads the file, or the folder's *.rules files joined, as source_read_file() does (*why is NULL where there is no
 * memory for it).
 */
int rules_read(const char *path, struct source *out, char **why);

/* The order of `ls -v`: digits by value, and what comes after the last dots only where the rest is the same. */
int rulesd_compare_names(const char *a, const char *b);

#endif
