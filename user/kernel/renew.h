/* SPDX-License-Identifier: BSD-2-Clause */
/* New programs beside those that work, in a monitor that goes on: the rings and what is remembered stay. */
#ifndef KMODWATCH_RENEW_H
#define KMODWATCH_RENEW_H

#include "keeper.h"

/*
 * Loads all programs anew beside those that work, and lets the new ones take over, as an upgrade does. The maps that
 * side has not are made and pinned. Returns 0, or a negative errno: then the old ones still are what there is.
 */
int renew_programs(struct probes *probes, const struct options *options);

#endif
