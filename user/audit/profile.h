/* SPDX-License-Identifier: BSD-2-Clause */
/* What is required: a .rules file whose rules are the requirements. */
#ifndef KMODWATCH_AUDIT_PROFILE_H
#define KMODWATCH_AUDIT_PROFILE_H

#include "profiles.h"
#include "source.h"
#include "targets.h"

struct requirement {
	const char *id, *title; /* title may be NULL */
	size_t ref_count;
	const char **refs;
	struct rule rule;
	struct targets targets;
};

struct profile {
	const char *name;
	struct arena arena;
	struct source source; /* a user's file */
	size_t count, room;
	struct requirement *items;
};

/* The text of a built-in profile, which lives on; NULL where there is none of this name. */
const char *profile_text(const char *name);

/*
 * Reads one that is built in, or a file that nobody else could have written. *out is the caller's to free with
 * profile_free(); name and machine must live on. Returns 0 or a negative errno and leaves *out untouched then, with
 * *why as in rules_read().
 */
int profile_read(const char *name, const struct machine *machine, struct path_cache *paths, struct profile *out,
		 char **why);
void profile_free(struct profile *profile);

#endif
