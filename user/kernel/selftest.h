/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether what was attached still sees. A canary goes the way of every fexit program: the kernel calls a function that
 * only tests call, the program on it sends a record, the record comes out of the ring. The probes' links, the pins and
 * the traces in tracefs are looked at. At the start, and where something is suspected, real calls are made too, that
 * are refused: auditd may record them, kmodwatch does not show them.
 */
#ifndef KMODWATCH_SELFTEST_H
#define KMODWATCH_SELFTEST_H

#include "../output/event.h"
#include "../calls/correlate.h"
#include "faults.h"
#include "health.h"
#include "../calls/rings.h"

struct options;
struct selftest;

/*
 * Tests at once, then as often as options say. What is blind lies in the probes' memory, which outlives the monitor.
 * probes, options and rings are not owned; now, here and below: ns since boot. *out: selftest_freep(). Returns 0 or
 * -ENOMEM.
 */
int selftest_new(struct probes *probes, const struct options *options, struct rings *rings, uint64_t now,
		 struct selftest **out);
void selftest_freep(struct selftest **selftest);

/*
 * Whether the record (checked to be one) is the self-test's own, or says that a monitor touched what is its own, and is
 * not to be shown. That somebody else did brings the next test forward.
 */
bool selftest_takes(struct selftest *selftest, const void *bytes);

/* Whether the line is of a call that another monitor, which runs from the same file, made for its own test. */
bool selftest_knows(const struct selftest *selftest, const struct event *event);

/* Milliseconds until selftest_run() has something to do; -1: nothing is planned. */
int selftest_due_ms(const struct selftest *selftest, uint64_t now);
/*
 * Goes on with the test, or begins one where it is due. Call it again and again while the rings are read: what is in
 * them before an answer is waited for. Emits monitor_blind for what fails, mends what can be mended, and emits
 * monitor_recovered for what works again. Returns 0 or emit's error.
 */
int selftest_run(struct selftest *selftest, uint64_t now, emit_fn emit, void *ctx);

/* What the last test that is over said. */
enum selftest_state selftest_state(const struct selftest *selftest);

#endif
