/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who made the kernel ask for modules: the latest requests, each with the process that the kernel started for it. They
 * lie in the memory that outlives the monitor.
 */
#ifndef KMODWATCH_REQUESTS_H
#define KMODWATCH_REQUESTS_H

#include "../handover.h"
#include "../output/event.h"

/*
 * Keeps a copy. Where there is no room the oldest goes, of the user who has the most: one user's flood costs no other's
 * request its name, as long as fewer users than there is room for have requests here. All that comes from outside the
 * initial user namespace counts as one user's, so those may cost each other's.
 */
void requests_note(struct handover *handover, const struct record_view *view);

/* The kernel started this process for the request that was made then, on that CPU. */
void requests_serve(struct handover *handover, uint64_t time, uint32_t cpu, uint32_t pid, uint64_t start_time);

/*
 * The request that the process (of the record's header) descends from. UNKNOWN: it may be that there is one. *request
 * is set only for KNOWN.
 */
enum known requests_find(const struct handover *handover, uint32_t pid, const struct subject *subject,
			 const struct request **request);

#endif
