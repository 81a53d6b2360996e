/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What anyone may cause in any number, and was counted in the kernel instead of being sent: a line a second for each
 * user and kind of it. What was said lies in the memory that outlives the monitor.
 */
#ifndef KMODWATCH_SUPPRESSED_H
#define KMODWATCH_SUPPRESSED_H

#include "../../bpf/event.h"
#include "correlate.h"

struct memory;

/* One entry of the kernel's map. */
struct limit_entry {
	struct limit_key key;
	struct limit limit;
};

/* What was said of an entry. A line that a kill may have come after is said again, in the same words and by its id. */
struct limit_report {
	struct limit_key key; /* what: 0, it is free */
	uint64_t done;	      /* of the entry's count: so much was said */
	uint64_t upto;	      /* so much will have been, once the line is out; stored last */
	uint64_t since, time; /* of that line: ns since boot */
	uint64_t seen;	      /* ns since boot: when the entry was last looked at */
};

/*
 * Emits an attempts_suppressed for each entry of which something was counted since the last time. now: ns since boot.
 * Returns 0 or a negative errno.
 */
int suppressed_report(struct memory *memory, const struct limit_entry *entries, size_t count, uint64_t now,
		      uint64_t boot_offset, emit_fn emit, void *ctx);

/* The entry's count begins anew at 0. */
void suppressed_forget(struct memory *memory, const struct limit_key *key);

/* How much was said so far, of what is not forgotten. */
uint64_t suppressed_count(const struct memory *memory);

#endif
