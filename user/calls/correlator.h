/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept between records, and what all lines and facts of records begin with. */
#ifndef KMODWATCH_CORRELATOR_H
#define KMODWATCH_CORRELATOR_H

#include "attempts.h"
#include "decode.h"
#include "fact.h"
#include "load_details.h"
#include "shared_loads.h"

struct correlator {
	fact_fn take;
	void *ctx;
	uint64_t boot_offset; /* of the record that is taken: its start times are on the clock that its time is on */
	struct attempts attempts;
	struct shared_loads shared;
	struct asking {		/* after threads whose call does not end */
		uint64_t since; /* ns since boot */
		unsigned int asked;
		uint64_t round;
	} asking;
	struct load_details load_details;
	struct decode_buffer buffer;
	_Alignas(8) char expanded[RECORD_FIXED]; /* a brief record as the one it stands for */
};

/* Hands the fact over: of what module (NULL: of none), with what line (NULL: with none). Returns take's answer. */
int correlator_yield(struct correlator *correlator, enum fact_kind kind, const struct record_header *header,
		     const struct module_info *module, struct event *event);

/* The beginning of each line: the decode buffer is empty again. */
struct event event_begin(struct correlator *correlator, enum event_kind kind, const struct record_header *header,
			 uint64_t boot_offset);
/* Who made the call: the attempt says; where that was lost, the record itself says a little. open: NULL: none. */
void event_set_process(struct correlator *correlator, struct event *event, const struct open_attempt *open,
		       const struct record_header *header);
/*
 * The parameters as the kernel copied them; where it has no copy, as the caller passed them to the call (NULL: they are
 * not known). open: NULL: none.
 */
void event_set_params(struct module_part *module, const struct open_attempt *open, const struct record_view *view,
		      const struct call *call);

#endif
