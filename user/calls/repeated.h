/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads that fail again and again since somebody who is not root makes the kernel ask for the module. The kernel side
 * does not limit them: whether a load fails is known at its end only. Once the requester has no bytes left, they are
 * counted here, those of modules whose load has failed before: a module that nobody has seen fail is always shown.
 */
#ifndef KMODWATCH_REPEATED_H
#define KMODWATCH_REPEATED_H

#include "../output/event.h"
#include "../../bpf/records.h"
#include "suppressed.h"

#include <stdbool.h>

enum {
	REPEATED_USERS = 31,
	REPEATED_SLOTS = REPEATED_USERS + 1, /* the last: of all for whom there is no room */
	FAILED_KEPT = 256,
};

struct handover;

/* The counts, in the memory that outlives the monitor. */
struct repeated_counts {
	struct limit slots[REPEATED_SLOTS];
	struct limit_report reports[REPEATED_SLOTS];
	/* what was counted last, and what its slot had then: a kill between the count and what comes of it counts once
	 */
	uint64_t time, count;
	uint32_t cpu, kind;
	uint32_t slot, pad;
};

/* Modules whose load failed in this run, the latest of them. */
struct repeated {
	char failed[FAILED_KEPT][MODULE_NAME_SIZE];
	size_t count;
};

/*
 * Whether the event, of that record, was counted and is not to be shown. limits: the kernel's table, in which is how
 * much is left.
 */
bool repeated_takes(struct repeated *repeated, struct repeated_counts *counts, const struct limit *limits,
		    const struct event *event, const struct record_header *record);

#endif
