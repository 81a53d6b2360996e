/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads whose result other callers may have been given: since 6.5 (9b9879fc0327) a finit_module that finds its file
 * being loaded waits for that load and returns what it returned.
 */
#ifndef KMODWATCH_SHARED_LOADS_H
#define KMODWATCH_SHARED_LOADS_H

#include "attempts.h"

enum { SHARED_KEPT = 64 };

/* Starts zeroed. */
struct shared_loads {
	struct shared_load {
		uint64_t inode, time; /* time: ns since boot: when the result was known; 0: none */
		uint32_t dev, tid;
		int64_t ret;
	} kept[SHARED_KEPT];
	size_t count;
};

/* A load's result is known. open: what is kept of it, NULL: nothing. time: ns since boot. */
void shared_loads_note(struct shared_loads *shared, const struct open_attempt *open, const struct call *call,
		       uint64_t time);

/*
 * Whether there is proof that the call, which read nothing, has another's result: a load of the same file by another
 * thread was under way as it returned, or had ended so just before. header: of the call's record.
 */
bool shared_loads_have(const struct shared_loads *shared, const struct attempts *attempts,
		       const struct record_header *header, const struct call *call, const struct source_file *source);

#endif
