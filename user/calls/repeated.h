/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads that fail again and again since somebody who is not root makes the kernel ask for the module. The kernel side
 * does not limit them: whether a load fails is known at its end only. Once the requester has no bytes left, they are
 * counted here, those of modules whose load has failed before: a module that nobody has seen fail is always shown.
 */
#ifndef KMODWATCH_REPEATED_H
#define KMODWATCH_REPEATED_H

#include "../output/event.h"
#include "../../bpf/map_values.h"
#include "../handover.h"
#include "suppressed.h"

#include <stdbool.h>

enum { FAILED_KEPT = 256 };

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
