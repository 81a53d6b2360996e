/* SPDX-License-Identifier: BSD-2-Clause */
/* Rule files as they lie on disk, line by line. */
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
 * Reads the file. *out is the caller's to free with source_free(); path must live as long. Returns 0 or a negative
 * errno, and leaves *out untouched then: *why says which file and why, in a sentence that the caller frees (untouched
 * where there is no memory for it).
 */
int source_read_file(const char *path, struct source *out, char **why);

/*
 * The same for a file that says what is to be found out, so that it is not for others to write: one file, never a link.
 * The folder around it is not looked at: what is moved there must be trusted itself, and a file that is gone is an
 * error.
 */
int source_read_trusted(const char *path, struct source *out, char **why);

void source_free(struct source *source);

/* Adds the line, as it is. Returns 0 or -ENOMEM. */
int source_add(struct source *source, const struct source_line *line);
/* All bytes of the file, in the arena. Returns 0 or a negative errno with *why as above. */
int source_bytes(const char *path, struct arena *arena, const char **bytes, size_t *size, char **why);
/* Makes *why of the sentence (NULL: no memory). Returns err. */
int source_fail(int err, char **why, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
