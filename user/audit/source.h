/* SPDX-License-Identifier: BSD-2-Clause */
/* Rule files as they lie on disk: one file, or a folder as augenrules joins it. */
#ifndef KMODWATCH_AUDIT_SOURCE_H
#define KMODWATCH_AUDIT_SOURCE_H

#include "../arena.h"
#include "load.h"

struct source {
	struct arena arena;
	const char *path;
	struct source_line *lines; /* as auditctl -R would be given them */
	size_t count, room;
	size_t files; /* how many were read */
};

/*
 * Reads the file, or the folder's *.rules files joined. *out is the caller's to free with source_free(); path must
 * live as long. Returns 0 or a negative errno, and leaves *out untouched then: *why says which file and why, in a
 * sentence that the caller frees (NULL where there is no memory for it).
 */
int source_read(const char *path, struct source *out, char **why);

/*
 * The same for a file that says what is to be found out, so that it is not for others to write: one file, never a link.
 * The folder around it is not looked at: what is moved there must be trusted itself, and a file that is gone is an
 * error.
 */
int source_read_trusted(const char *path, struct source *out, char **why);

void source_free(struct source *source);

/* The order of `ls -v`: digits by value, and what comes after the last dots only where the rest is the same. */
int source_compare_names(const char *a, const char *b);

#endif
