/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An event as native journal fields. Top-level keys become KMODWATCH_<KEY>, those of a part <PART>_<KEY> (MODULE_NAME,
 * PROCESS_NS_MNT), lists of texts and arguments a field for each. What is unknown (a value, a part, one of a list) has
 * no field of its own and is named by a KMODWATCH_UNKNOWN; what was cut by a KMODWATCH_TRUNCATED, a path whose root
 * no name leads to by a KMODWATCH_DETACHED. The journal keeps equal values of a field once, in no certain order, and
 * only some of a long list fit: lists are there to search by. As they were they are in KMODWATCH_JSON, the whole line;
 * lists of parts are there only.
 */
#ifndef KMODWATCH_JOURNAL_H
#define KMODWATCH_JOURNAL_H

#include "event.h"
#include "sink.h"

#include <sys/uio.h>

struct journal_entry {
	struct iovec *fields; /* NAME=VALUE, any bytes in the value */
	size_t count;
	size_t values; /* those among them that are of lists */
};

/* json: the event's line. *entry: journal_entry_clear(). Returns 0 or -ENOMEM, entry then untouched. */
int journal_entry_make(const struct event *event, const char *json, size_t size, struct journal_entry *entry);
void journal_entry_clear(struct journal_entry *entry);

/*
 * Sends the event to journald, waiting as sink_write() does while there is none or it stands still. sink: says what is
 * to be done meanwhile, and when to give up; its descriptor is not used. SIGALRM must have a handler. Returns 0,
 * -ECANCELED (given up while stopping) or another negative errno.
 */
int journal_send(const struct event *event, const char *json, size_t size, const struct sink *sink);

#endif
