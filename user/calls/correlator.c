// SPDX-License-Identifier: BSD-2-Clause
#include "correlator.h"

#include <string.h>

struct event event_begin(struct correlator *correlator, enum event_kind kind, const struct record_header *header,
			 uint64_t boot_offset)
{
	return (struct event) {
		.kind = kind,
		.id = decode_id(header, &correlator->buffer),
		.time = number_of(header->time + boot_offset),
		.boot_ns = number_of(header->time),
	};
}

int correlator_yield(struct correlator *correlator, enum fact_kind kind, const struct record_header *header,
		     const struct module_info *module, struct event *event)
{
	struct fact fact = { .kind = kind, .record = header, .time = header->time, .event = event };

	if (module) {
		fact.address = module->address;
		memcpy(fact.name, module->name, sizeof(fact.name) - 1);
	}
	return correlator->take(correlator->ctx, &fact);
}

void event_set_process(struct correlator *correlator, struct event *event, const struct open_attempt *open,
		       const struct record_header *header)
{
	if (open && open->attempt) {
		struct record_view view = attempt_kept(open->attempt);

		decode_process(&view, &view.record->attempt.subject, correlator->boot_offset, &correlator->buffer,
			       &event->process);
		if (event->kind == EVENT_MODULE_LOAD)
			load_details_requester(&correlator->load_details, header->pid, &view.record->attempt.subject,
					       event);
		else if (event->kind == EVENT_MODULE_COMING)
			load_details_requester_uid(&correlator->load_details, header->pid,
						   &view.record->attempt.subject, event);
	} else {
		decode_bare_process(header, &event->process);
		if (event->kind == EVENT_MODULE_LOAD) /* it may have been for a request */
			event->requested_by.known = UNKNOWN;
	}
}

void event_set_params(struct module_part *module, const struct open_attempt *open, const struct record_view *view,
		      const struct call *call)
{
	if (open && open->params) {
		struct record_view copied = attempt_kept(open->params);

		module->params = record_text(&copied, &copied.record->module_params.params);
	} else if (!call || call->params_copied) {
		module->params = TEXT_UNKNOWN; /* that record was lost */
	} else {
		module->params = record_text(view, &call->params);
		if (module->params.known == KNOWN)
			module->params_from = text_of("caller");
	}
}
