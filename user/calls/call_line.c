// SPDX-License-Identifier: BSD-2-Clause
#include "call_line.h"
#include "decode_call.h"

#include <errno.h>

static struct text failed_stage(const struct call *call)
{
	if (call->read_refused)
		return text_of("refused");
	if (call->module_seen)
		return text_of("init");
	if (call->brief)
		return TEXT_UNKNOWN;
	return text_of(call->read_done ? "verify" : "read");
}

static bool has_failed(const struct call *call)
{
	return call->end == END_RETURNED ? call->ret < 0 : call->end == END_FAILURE;
}

static void set_outcome(struct event *event, const struct call *call, struct text stage)
{
	if (call->end == END_UNSEEN)
		event->outcome = TEXT_UNKNOWN;
	else
		event->outcome = text_of(has_failed(call) ? "failure" : "success");
	if (has_failed(call) && event->kind == EVENT_MODULE_LOAD)
		event->stage = stage;
}

/* A module was read while it came, or went: how the call ended says what became of it. */
static struct text state_after(const struct call *call)
{
	if (call->end == END_UNSEEN)
		return TEXT_UNKNOWN;
	return has_failed(call) ? (struct text) { 0 } : text_of("live");
}

static void set_module(struct event *event, const struct record_view *view, const struct call *call,
		       const struct open_attempt *open, struct decode_buffer *buffer)
{
	if (call->module_seen && open && open->module) {
		struct record_view module = attempt_kept(open->module);

		decode_module(&module, &module.record->module.module, buffer, &event->module);
		if (event->kind == EVENT_MODULE_LOAD)
			event->module.state = state_after(call);
		else
			event->module.license = (struct text) { .known = ABSENT }; /* no bytes were read */
	} else {
		decode_called_module(call, &event->module);
	}
	if (event->kind == EVENT_MODULE_LOAD)
		event_set_params(&event->module, open, view, call);
}

/* Of an attempt: delete_module's begin before its name is looked at. */
static bool is_empty_attempt(const struct call *call)
{
	return call->module_call == CALL_DELETE_MODULE && !call->module_seen && call->name_read && !call->name[0];
}

static void set_source(struct event *event, const struct call *call, const struct open_attempt *open,
		       struct decode_buffer *buffer)
{
	if (call->module_call == CALL_INIT_MODULE) {
		event->source = (struct source_part) {
			.known = KNOWN,
			.kind = text_of("memory"),
			.size = call->image_size ? number_of(call->image_size) : NUMBER_UNKNOWN,
		};
		return;
	}
	event->source.known = UNKNOWN;
	if (open && open->attempt) {
		struct record_view attempt = attempt_kept(open->attempt);

		if (attempt.record->attempt.source.present)
			decode_source(&attempt, &attempt.record->attempt.source, buffer, &event->source);
	}
}

static enum event_kind kind_of_call(const struct call *call)
{
	return call->module_call == CALL_DELETE_MODULE ? EVENT_MODULE_UNLOAD : EVENT_MODULE_LOAD;
}

static enum fact_kind fact_of(const struct event *event, const struct call *call)
{
	if (call->end == END_UNSEEN || (has_failed(call) && event->kind == EVENT_MODULE_UNLOAD))
		return FACT_OTHER;
	return has_failed(call) || event->kind == EVENT_MODULE_UNLOAD ? FACT_GONE : FACT_LIVE;
}

static int yield_call(struct correlator *correlator, const struct call_return_record *record,
		      const struct open_attempt *open, struct event *event)
{
	struct record_view module;

	if (!record->call.module_seen || !open || !open->module)
		return correlator_yield(correlator, FACT_OTHER, &record->header, NULL, event);
	module = attempt_kept(open->module);
	return correlator_yield(correlator, fact_of(event, &record->call), &record->header,
				&module.record->module.module, event);
}

int call_line(struct correlator *correlator, const struct record_view *view, const struct open_attempt *open,
	      const char *settled_by, uint64_t boot_offset)
{
	const struct call_return_record *record = &view->record->call_return;
	const struct call *call = &record->call;
	struct decode_buffer *buffer = &correlator->buffer;
	struct event event = event_begin(correlator, kind_of_call(call), &record->header, boot_offset);
	int err;

	set_outcome(&event, call, failed_stage(call));
	if (settled_by)
		event.settled_by = text_of(settled_by);
	decode_call(call, buffer, &event.syscall);
	event.empty_call = is_empty_attempt(call);
	set_module(&event, view, call, open, buffer);
	if (event.kind == EVENT_MODULE_LOAD) {
		set_source(&event, call, open, buffer);
		load_details_signature(&correlator->load_details, call, open, &event);
		load_details_image(&correlator->load_details, &record->header, call, &event);
	}
	event_set_process(correlator, &event, open, &record->header);
	err = yield_call(correlator, record, open, &event);
	if (!err)
		images_close(correlator->load_details.images, &record->header);
	return err;
}

/*
 * Whether a load that read nothing was refused by what finit_module looks at itself, or kernel_read_file() before it
 * asks the LSMs. EINVAL is its own for flags that do not exist, for what is no regular file, and for an empty one. All
 * else only reading tells.
 */
static bool is_refusal(const struct call *call, const struct source_file *source)
{
	enum { FLAGS = 7 }; /* uapi/linux/module.h */

	if (call->module_call != CALL_FINIT_MODULE)
		return true;
	switch (-call->ret) {
	case EPERM:
	case EACCES:
	case EBADF:
	case ETXTBSY:
	case EFBIG:
	case ENOSYS:
		return true;
	case EINVAL:
		if (call->brief)
			return false;
		return !call->loads_shared || (call->flags & ~(uint64_t)FLAGS) || source->type != FILE_REGULAR ||
		       !source->size;
	}
	return false;
}

/* Without proof that it has another's result, it is one of which nothing else was seen: it failed nobody knows where.
 */
static void set_alone(struct correlator *correlator, struct event *event, const struct record_view *view)
{
	const struct call_alone_record *record = &view->record->call_alone;
	const struct call *call = &record->call;
	bool refused = call->filtered || is_refusal(call, &record->source);

	if (!refused && call->loads_shared &&
	    shared_loads_have(&correlator->shared, &correlator->attempts, &record->header, call, &record->source)) {
		event->coalesced = number_of(true);
		set_outcome(event, call, TEXT_UNKNOWN); /* where the other call failed is that call's line */
		return;
	}
	if (!refused && call->loads_shared)
		event->coalesced = NUMBER_UNKNOWN;
	set_outcome(event, call, refused ? text_of("refused") : TEXT_UNKNOWN);
	decode_called_module(call, &event->module);
	if (event->kind == EVENT_MODULE_LOAD)
		event_set_params(&event->module, NULL, view, call);
}

int call_line_alone(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct call_alone_record *record = &view->record->call_alone;
	const struct call *call = &record->call;
	struct decode_buffer *buffer = &correlator->buffer;
	struct event event = event_begin(correlator, kind_of_call(call), &record->header, boot_offset);

	decode_call(call, buffer, &event.syscall);
	event.empty_call = call->empty;
	if (call->filtered)
		event.settled_by = text_of("seccomp");
	set_alone(correlator, &event, view);
	if (record->source.present)
		decode_source(view, &record->source, buffer, &event.source);
	else if (call->filtered && event.kind == EVENT_MODULE_LOAD)
		event.source.known = UNKNOWN;
	decode_process(view, &record->subject, correlator->boot_offset, buffer, &event.process);
	if (event.kind == EVENT_MODULE_LOAD)
		load_details_requester(&correlator->load_details, record->header.pid, &record->subject, &event);
	return correlator_yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}
