/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a fact makes of the table. A fact may come more than once, from several witnesses, and late.
 *
 *     none ── coming ──→ COMING ── live ──→ LIVE      watched, by its address
 *     none ── live ─────────────────────→ LIVE        listed, where sysfs has it: its coming was lost
 *     COMING, LIVE ── coming of the same address, later than its end can be ──→ COMING: the end was not seen
 *     listed, kept, doubted ── coming of its name ──→ COMING: the kernel lets no name in twice
 *     COMING, LIVE ── gone ──→ none                   not by what is older than its coming
 *
 * Coming again while COMING, live again while LIVE, and gone of what is none change nothing.
 */
#ifndef KMODWATCH_TRANSITION_H
#define KMODWATCH_TRANSITION_H

#include "../calls/fact.h"
#include "table.h"

#include <stdbool.h>

/* sys_module: the folder. now: ns since boot. Returns whether something came or became live. */
bool transition_take(struct table *table, const struct fact *fact, const char *sys_module, uint64_t now);

#endif
