/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines at both ends of a run: how it begins, what it finds, and why it ends. */
#ifndef KMODWATCH_LIFECYCLE_H
#define KMODWATCH_LIFECYCLE_H

#include "../output/event.h"
#include "../calls/correlate.h"

struct modules;
struct policy;
struct probes;
struct rings;

struct beginning {
	struct probes *probes;
	struct rings *rings;
	const struct policy *policy;
	const struct modules *modules; /* NULL: there are none */
	uint64_t attached;	       /* ns since 1970: since then this one watches */
	uint64_t seen;		       /* ns since 1970: when an earlier monitor looked last */
};

/* monitor_start, and what an earlier monitor left that cannot be read. Returns 0 or emit's error. */
int lifecycle_start(const struct beginning *opening, emit_fn emit, void *ctx);

/* What is already loaded. That the list cannot be had is explained, and no reason not to watch. Returns as above. */
int lifecycle_present(emit_fn emit, void *ctx);

/*
 * monitor_stop. signal: what ended it; reload: to read the options again; counts: of the lines of each kind. Returns as
 * above.
 */
int lifecycle_stop(int signal, bool reload, const uint64_t counts[static EVENT_KINDS], emit_fn emit, void *ctx);

#endif
