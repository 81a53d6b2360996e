/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop of the monitor: reads the rings, does what is due, and rests. Nothing in it may block for long. */
#ifndef KMODWATCH_LOOP_H
#define KMODWATCH_LOOP_H

#include "../audit/check_options.h"
#include "../calls/recurrences.h"
#include "../calls/repeated.h"
#include "../calls/rings.h"
#include "../modules/policy.h"
#include "../output/stream.h"
#include "limit_period.h"
#include "lost.h"
#include "service.h"
#include "tasks.h"

struct monitor {
	const volatile int *stopping;
	uint64_t began;	   /* ns since boot: its start */
	uint64_t attached; /* ns since boot: when the probes were */
	struct stream stream;
	struct pins *pins;
	struct probes *probes;
	struct handover *handover;
	struct capture *capture;
	struct images *images;
	struct correlator *correlator;
	struct rings rings;
	struct selftest *selftest;
	struct service service;
	struct lost lost;
	struct limit_period limits;
	struct repeated repeated;
	struct recurrences recurrences;
	struct modules *modules;
	uint64_t doubts; /* records of modules' ends that were lost, so far */
	struct policy_watch policy;
	struct check_options check;
	struct audit_watch *audit;
	struct tasks tasks;
	bool read;	     /* something came out of the rings in this round */
	short asked;	     /* what poll() said of all that is no ring: inotify and timers */
	uint64_t settle_due; /* ns since boot: when to look for calls whose return does not come */
	bool held_up;	     /* a reader is being waited for */
};

/* Before anything is emitted: what is done meanwhile is known then. */
void loop_init(struct monitor *monitor);

/* For everybody who has something to tell; ctx is the monitor. */
int loop_emit(void *ctx, struct event *event);

/* Takes a record off the rings (record_fn), and a fact off the correlator (fact_fn). */
int loop_take_record(void *ctx, const void *bytes, size_t size);
int loop_take_fact(void *ctx, const struct fact *fact);

/* Until *stopping is set. Returns 0, -EPIPE where nobody reads stdout any more, or another negative errno. */
int loop_run(struct monitor *monitor);

/* Of the ends of modules, how many were not seen as far as is known. */
uint64_t loop_count_doubts(const struct handover *handover);

#endif
