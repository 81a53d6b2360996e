/* SPDX-License-Identifier: BSD-2-Clause */
/* From records to facts: puts together what the hooks of one call said. */
#ifndef KMODWATCH_CORRELATE_H
#define KMODWATCH_CORRELATE_H

#include "fact.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct images;
struct handover;
struct correlator;

/*
 * memory: where the records of calls under way outlive the monitor (not owned), and where an earlier one may have left
 * some. images: the bytes of modules (not owned). *correlator is the caller's to free with correlator_freep(). Returns
 * 0 or -ENOMEM.
 */
int correlator_new(fact_fn take, void *ctx, struct handover *handover, struct images *images,
		   struct correlator **correlator);
void correlator_freep(struct correlator **correlator);

/*
 * Takes one record (8-byte aligned, read during the call only) and hands over what it completes. boot_offset:
 * clock_boot_offset(), asked for each record. Returns 0, -EBADMSG for bytes that are no record, -ENOMEM, or take's
 * error.
 */
int correlator_take(struct correlator *correlator, const void *bytes, size_t size, uint64_t boot_offset);

/* Forgets the images of calls that are over: when the rings are empty. */
void correlator_prune(struct correlator *correlator);

#endif
