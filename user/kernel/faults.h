/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with each probe and map, as a self-test finds it, and what of that was told. */
#ifndef KMODWATCH_FAULTS_H
#define KMODWATCH_FAULTS_H

#include "../calls/rings.h"
#include "../output/event.h"
#include "probes.h"

enum selftest_state {
	SELFTEST_BEGUN,
	SELFTEST_PASSES,
	SELFTEST_UNPINNED, /* all is seen, but the pins are out of reach: what is recorded ends with this process */
	SELFTEST_FAILS,
};

/* The probes, and from PROBES_MAX on the maps. */
struct faults {
	struct probes *probes;	       /* not owned */
	struct blindness *blind;       /* in the memory that outlives the monitor: what was found, and told */
	const char *found[SIGHTS_MAX]; /* by this test; NULL: nothing */
	bool only_pin[SIGHTS_MAX];     /* what is found is its pin's fault: it sees */
	bool expected[PROBES_MAX];     /* it was attached once */
};

extern const char ftrace_off[];

void faults_init(struct faults *faults, struct probes *probes);
/* Nothing is found yet. */
void faults_clear(struct faults *faults);
/* Finds what the kernel's books say, and what the start, or an earlier monitor, found and did not tell. */
void faults_look(struct faults *faults, struct rings *rings);
/* That it does not see, and why (static): what is known of its pin is beside that. */
void faults_find(struct faults *faults, size_t i, const char *reason);

/* It has not been told, or less of it. */
bool faults_are_news(const struct faults *faults, size_t i);
/* It is a probe on one of the calls that the self-test makes. */
bool fault_is_of_calls(size_t i);
/* The worst that was found, or is told and not mended; SELFTEST_BEGUN: there is nothing. */
enum selftest_state faults_worst(const struct faults *faults, bool with_told);

/* monitor_blind for what is news. seen (ns since boot): when all was well last. Returns 0 or emit's error. */
int faults_tell(struct faults *faults, uint64_t seen, emit_fn emit, void *ctx);
/*
 * monitor_recovered for what is not found any more; what sees calls is well again when it has seen some (called). now:
 * ns since boot. Returns 0 or emit's error.
 */
int faults_tell_mended(struct faults *faults, bool called, uint64_t now, emit_fn emit, void *ctx);

#endif
