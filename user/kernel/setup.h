/* SPDX-License-Identifier: BSD-2-Clause */
/* From nothing, or from what an earlier monitor left, to programs that work. */
#ifndef KMODWATCH_SETUP_H
#define KMODWATCH_SETUP_H

#include "keeper.h"

/*
 * Brings everything to work that this kernel can have. Returns 0, or a negative errno after having logged why; then
 * what was opened is still in probes.
 */
int setup_run(struct probes *probes, const struct options *options);
/*
 * Its steps. Loads programs of the next generation, with the maps that there are not yet; lets them go on with
 * themselves; lets them work, and no others. Each returns 0 or a negative errno.
 */
int setup_generation(struct probes *probes, const struct options *options);
int setup_passes(const struct probes *probes);
int setup_activate(struct probes *probes, const struct options *options);
/* Attaches, and pins, what is loaded and not attached yet. Returns how many probes are attached. */
size_t setup_attach(struct probes *probes);

/* How many ms a loader waits for room on the image ring, with the CPUs that there are now. */
uint32_t setup_patience(void);

#endif
