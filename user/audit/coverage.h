/* SPDX-License-Identifier: BSD-2-Clause */
/* One set of rules as it is looked at to judge what it covers. */
#ifndef KMODWATCH_AUDIT_COVERAGE_H
#define KMODWATCH_AUDIT_COVERAGE_H

#include "candidates.h"
#include "load.h"
#include "predicate.h"

/* What the path of a rule leads to, in short. */
struct place {
	/* no rule of an inode; of a file that is there, or is not; look closer */
	enum { PLACE_NONE, PLACE_FILE, PLACE_MISSING, PLACE_OTHER } kind;
	struct file_inode id;
};

/* What every judgement of one state shares. */
struct coverage {
	const struct machine *machine;
	struct path_cache *paths;
	const struct ruleset *rules;
	struct place *places; /* for each rule, then for each that was kept out */
	struct candidate_cache *candidates;
};

/* rules, machine and paths stay the caller's and must live on. Free with coverage_free(). Returns 0 or -ENOMEM. */
int coverage_init(struct coverage *coverage, const struct machine *machine, struct path_cache *paths,
		  const struct ruleset *rules);
void coverage_free(struct coverage *coverage);

#endif
