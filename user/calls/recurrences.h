/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads by udev that fail again within a minute, in every respect as one did that was shown: it tries a driver for each
 * device that the driver may be for. They are counted, and the count is told when the minute is over. Another file,
 * argument, process or error is another failure, and a success is always shown. What depends on the moment (EINTR,
 * ENOMEM …) is, too.
 *
 * The module_coming of such a load is held back until it is known how the load ends, for HELD_MS at most: a module
 * whose init does not fail as it did before is shown as any other is, its coming first.
 */
#ifndef KMODWATCH_RECURRENCES_H
#define KMODWATCH_RECURRENCES_H

#include "../handover.h"
#include "../output/event.h"
#include "fact.h"

#include <stdbool.h>

enum { COMINGS_KEPT = 64, HELD_MAX = 16, HELD_MS = 250 };

struct recurrences {
	struct kept_recurrences *kept;
	size_t end; /* of the kept list: behind it there are none */
	struct {
		struct attempt_id attempt;
		unsigned char digest[SHA256_DIGEST_LENGTH];
	} comings[COMINGS_KEPT]; /* the latest that were shown: number n in n % COMINGS_KEPT */
	uint64_t coming_count;
	struct held {
		char *bytes; /* of the line, see parcel.h; NULL: none */
		size_t size;
		struct attempt_id attempt;
		char id[48];
		uint64_t time, boot_ns; /* of the line */
		uint64_t since;		/* ns since boot: when it was held */
	} held[HELD_MAX];
};

/* kept lies in the memory that outlives the monitor. */
void recurrences_open(struct recurrences *recurrences, struct kept_recurrences *kept);
void recurrences_close(struct recurrences *recurrences);

/*
 * To be called with each fact that has a line, before that is written. Emits what has to stand before it: counts of
 * minutes that were over then, and the coming of the same load that was held. *taken: the line is not to be written.
 * now: ns since boot. Returns 0, -ENOMEM or emit's error.
 */
int recurrences_take(struct recurrences *recurrences, const struct fact *fact, uint64_t now, emit_fn emit, void *ctx,
		     bool *taken);
/* The fact's line was written. */
void recurrences_note(struct recurrences *recurrences, const struct fact *fact);

/*
 * Tells what is due. drained: all records from before now were taken, so a minute that is over by the clock is. Returns
 * as above.
 */
int recurrences_check(struct recurrences *recurrences, uint64_t now, bool drained, emit_fn emit, void *ctx);
/* Milliseconds until recurrences_check() has something to do; -1: nothing. */
int recurrences_due_ms(const struct recurrences *recurrences, uint64_t now);
/* Tells what is held, and unless the memory stays for another monitor all counts. Returns as above. */
int recurrences_finish(struct recurrences *recurrences, bool stays, emit_fn emit, void *ctx);

#endif
