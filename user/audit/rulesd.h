/* SPDX-License-Identifier: BSD-2-Clause */
/* rules.d: what augenrules makes of a folder. */
#ifndef KMODWATCH_AUDIT_RULESD_H
#define KMODWATCH_AUDIT_RULESD_H

#include "source.h"

/* Fills the source from the folder source->path. Returns 0 or a negative errno with *why as in source_read(). */
int rulesd_join(struct source *source, char **why);

/* For both readers: see source.c. */
int source_fail(int err, char **why, const char *format, ...) __attribute__((format(printf, 3, 4)));
int source_bytes(const char *path, struct arena *arena, const char **bytes, size_t *size, char **why);
int source_add(struct source *source, const struct source_line *line);

#endif
