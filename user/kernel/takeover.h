/* SPDX-License-Identifier: BSD-2-Clause */
/* What an earlier monitor left in the kernel: taken over where it can be read, counted where it cannot. */
#ifndef KMODWATCH_TAKEOVER_H
#define KMODWATCH_TAKEOVER_H

#include "keeper.h"

/*
 * Opens what is pinned into probes. Where it can be read: TAKEOVER_RESUMED, the memory is mapped, and of each probe
 * that is attached there are link and program; what was attached and is not any more counts as blind since the earlier
 * monitor last looked. Where it cannot: TAKEOVER_REPLACED, and nothing is open but the rings that were left.
 */
void takeover_begin(struct probes *probes, const struct options *options);
/* What was left unread is counted, and said: once the programs that wrote to it do so no more to any purpose. */
void takeover_end(struct probes *probes);

#endif
