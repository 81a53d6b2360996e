/* SPDX-License-Identifier: BSD-2-Clause */
/* The check as an audit_parity event. */
#ifndef KMODWATCH_AUDIT_PARITY_H
#define KMODWATCH_AUDIT_PARITY_H

#include "../output/event.h"
#include "check.h"

const char *outcome_name(enum outcome outcome);

/*
 * Fills the event; it points into the check. What does not fit into a line is left out, covered requirements first, and
 * the event then says so. Returns 0 or -ENOMEM.
 */
int parity_event(struct check *check, struct event *out);

/* The event where there is no result at all; advice: why. It points to both. */
struct event parity_unknown(const char *profile, const struct text *advice);

/* What makes the result what it is, as text, to be compared with the next: free it. NULL: no memory. */
char *parity_digest(const struct event *event);

#endif
