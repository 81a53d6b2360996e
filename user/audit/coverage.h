/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict on one target: is it recorded, by which rule, and what gets lost. */
#ifndef KMODWATCH_AUDIT_COVERAGE_H
#define KMODWATCH_AUDIT_COVERAGE_H

#include "candidates.h"
#include "load.h"
#include "predicate.h"

/* From best to worst. */
enum verdict_kind {
	VERDICT_COVERED,
	VERDICT_UNKNOWN,
	VERDICT_NARROWED,
	VERDICT_SHADOWED,
	VERDICT_INERT,
	VERDICT_MISSING,
	VERDICT_NOT_LOADED,
	VERDICT_DISABLED,
};

struct verdict {
	enum verdict_kind kind;
	const struct rule *by; /* the rule that decides; NULL: none does */
	const char *reason;    /* in the arena; NULL for a plain "covered" */
	size_t narrowed_count;
	const char *narrowed_by[16]; /* names of fields */
	bool by_never;		     /* a never rule takes something away */
};

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

const char *verdict_name(enum verdict_kind kind);

/*
 * Judges the target. What the verdict points to is in the arena, or the rule set's. Returns 0 or -ENOMEM.
 */
int coverage_judge(const struct coverage *coverage, const struct target *target, struct arena *arena,
		   struct verdict *verdict);

#endif
