/* SPDX-License-Identifier: BSD-2-Clause */
/* What probes.c, setup.c and health.c share. */
#ifndef KMODWATCH_SETUP_H
#define KMODWATCH_SETUP_H

#include "object.h"
#include "probes.h"

struct probes {
	const struct pins *pins; /* NULL: nothing is pinned */
	char digest[DIGEST_SIZE];
	struct kernel_side side;
	struct memory *memory;
	enum takeover takeover;
	bool fresh;	 /* what is pinned is not current yet */
	uint64_t unread; /* records that could not be read */
	struct probe_part parts[PROBES];
};

/*
 * Brings everything to work that this kernel can have. Returns 0, or a negative errno after having logged why; then
 * what was opened is still in probes.
 */
int setup_run(struct probes *probes, const struct options *options);
/* Attaches, and pins, what is loaded and not attached yet. Returns how many probes are attached. */
size_t setup_attach(struct probes *probes);

void kernel_side_close_maps(struct kernel_side *side);
bool probe_is_missing(const struct probe *probe);
int control_read(const struct probes *probes, struct control *control);
int control_write(const struct probes *probes, const struct control *control);

#endif
