/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many bytes of lines may be caused by those who are not root, all together, and by root. The kernel side charges a
 * record with the most that may become of it, so that what is on its way counts too; here that is given back once the
 * line is written, and the line's own bytes are charged instead. Lines that the kernel side does not limit (a load's,
 * for a request; a count's) are charged here only: there is less for others then.
 */
#ifndef KMODWATCH_BUDGET_H
#define KMODWATCH_BUDGET_H

#include "../output/event.h"
#include "../../bpf/map_values.h"

#include <stdbool.h>

/* The line of the event took so many bytes. Returns whether one who is not root has caused it. limits: LIMIT_SLOTS. */
bool budget_charge(struct limit *limits, const struct event *event, uint64_t bytes);
/* The record was taken: what the kernel side charged for it is given back. */
void budget_refund(struct limit *limits, const union record *record);
/* So many periods are over. What was more than theirs is left to be paid. */
void budget_renew(struct limit *limits, uint64_t periods);
/* Whether all of it is there for those who are not root. */
bool budget_is_whole(const struct limit *limits);
/* Whether nothing is left for them. */
bool budget_is_spent(const struct limit *limits);

#endif
