/* SPDX-License-Identifier: BSD-2-Clause */
/* What a load's line says beyond the call itself: whose request it answers, what was loaded, who signed it. */
#ifndef KMODWATCH_LOAD_DETAILS_H
#define KMODWATCH_LOAD_DETAILS_H

#include "attempts.h"
#include "decode.h"
#include "images.h"
#include "signature.h"

/* What the parts point to lives here until the next event. */
struct load_details {
	struct handover *handover; /* not owned, as images */
	struct images *images;
	uint64_t boot_offset; /* for start times: clock_boot_offset(), as the event has it */
	struct decode_buffer buffer;
	struct signature signature;
	char hash[HASH_TEXT_SIZE];
};

/*
 * Whose request the process serves: requested_by, and the user in requester. Null where the kernel started
 * what it descends from for something else, or for a request that is not known, or where that may be; absent for all
 * others.
 */
void load_details_requester(struct load_details *load_details, uint32_t pid, const struct subject *subject,
			    struct event *event);
/* Only the user who made that request, into the event's requester. */
void load_details_requester_uid(const struct load_details *load_details, uint32_t pid, const struct subject *subject,
				struct event *event);
/* The hash of what was loaded, into the event's source. header: of the record that ends the call. */
void load_details_image(struct load_details *load_details, const struct record_header *header, const struct call *call,
			struct event *event);
/* open: NULL where the call's other records are not known. */
void load_details_signature(struct load_details *load_details, const struct call *call, const struct open_attempt *open,
			    struct event *event);

#endif
