/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether probes and pins are still what they were when they were made, and making them so again. */
#ifndef KMODWATCH_HEALTH_H
#define KMODWATCH_HEALTH_H

#include "probes.h"

/*
 * What is wrong with the probe, as far as the kernel's own books tell: its link is gone, its code is another's. NULL:
 * nothing, or it is not attached. The sentence is static.
 */
const char *probe_fault(const struct probes *probes, size_t i);
/* The same of a map. */
const char *map_fault(const struct probes *probes, size_t i);
/* That its pin, where it is to have one, is gone or another's: it works on, as long as this process lives. */
const char *probe_pin_fault(const struct probes *probes, size_t i);
const char *map_pin_fault(const struct probes *probes, size_t i);
/* What these two return where they cannot know: another process could. */
extern const char pin_unknown[];
/* The kernel function behind an attached fentry or fexit probe, NULL for others. */
const char *probe_function(const struct probes *probes, size_t i);
/* Attaches and pins anew what has a fault. Returns 0, or a negative errno after having logged why. */
int probes_mend(struct probes *probes, const struct options *options);

/*
 * Makes the kernel call the canary's function; its record is to carry nonce, and is in the ring when this returns.
 * Returns 0 or a negative errno.
 */
int probes_run_canary(const struct probes *probes, uint64_t nonce);
/* Whether this process' refused calls are sent whatever the limit says. */
int probes_set_tester(const struct probes *probes, bool tests);

#endif
