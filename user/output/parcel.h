/* SPDX-License-Identifier: BSD-2-Clause */
/* An event as bytes, for the way from one of our processes to another. */
#ifndef KMODWATCH_PARCEL_H
#define KMODWATCH_PARCEL_H

#include "../arena.h"
#include "event.h"

/* What the event's kind adds, without what every line has. *bytes: free it. Returns 0 or -ENOMEM. */
int parcel_pack(const struct event *event, char **bytes, size_t *size);

/* All that the event points to lies in the arena. Returns 0, -EBADMSG for what parcel_pack() never makes, or -ENOMEM.
 */
int parcel_unpack(const char *bytes, size_t size, struct arena *arena, struct event *out);

#endif
