/* SPDX-License-Identifier: BSD-2-Clause */
/* What is on disk and what the kernel holds, and both judged against a profile. */
#ifndef KMODWATCH_AUDIT_CHECK_H
#define KMODWATCH_AUDIT_CHECK_H

#include "check_options.h"
#include "coverage.h"
#include "kernel.h"
#include "profile.h"
#include "source.h"
#include "verdict.h"

#define AUDIT_FOLDER "/etc/audit"
#define AUDIT_RULES_FILE AUDIT_FOLDER "/audit.rules"
#define AUDIT_RULES_FOLDER AUDIT_FOLDER "/rules.d"

enum outcome { OUTCOME_PARITY, OUTCOME_GAP, OUTCOME_UNKNOWN };

/* One set of rules that is judged. */
struct state {
	const char *name; /* for people: "rules.d", "audit.rules", "the kernel", "the rules" */
	bool present;	  /* there is such a state */
	char *unknown;	  /* not NULL: it could not be read, and this is why */
	struct source *sources;
	size_t source_count;
	struct ruleset rules;
	struct coverage coverage;
};

enum { STATE_FOLDER, STATE_FILE, STATE_KERNEL, STATES };

struct target_result {
	struct verdict disk, running;
};

struct check {
	struct check_options options;
	struct machine machine;
	struct path_cache *paths;
	struct profile profile;
	struct state states[STATES]; /* with --rules: STATE_FILE alone */
	struct kernel_status kernel; /* when STATE_KERNEL is present and not unknown */
	struct arena arena;
	struct target_result **results;	     /* [requirement][target] */
	size_t counts[VERDICT_DISABLED + 1]; /* of all verdicts */
	enum outcome outcome;
	size_t advice_count, advice_room;
	const char **advice;
};

void check_freep(struct check **check);

/* Whether the kernel's state was to be judged. */
bool check_has_running(const struct check *check);

/* Judges what was gathered (check_run() has done so once). Returns 0 or -ENOMEM. */
int check_judge(struct check *check);

#endif
