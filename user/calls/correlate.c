// SPDX-License-Identifier: BSD-2-Clause
/*
 * A call that does something sends an attempt (who, from where), then what the tracepoints say of the module, then its
 * return. The first two are kept by thread id until the return: a thread is in one such call at most.
 */
#include "correlate.h"
#include "../cleanup.h"
#include "attempts.h"
#include "../clock.h"
#include "decode.h"
#include "load_details.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct correlator {
	fact_fn take;
	void *ctx;
	uint64_t start_offset; /* for start times, which name a process: one clock for the whole run */
	struct attempts attempts;
	struct load_details load_details;
	struct decode_buffer buffer;
};

static struct event event_begin(struct correlator *correlator, enum event_kind kind, const struct record_header *header,
				uint64_t boot_offset)
{
	return (struct event) {
		.kind = kind,
		.id = decode_id(header, &correlator->buffer),
		.time = number_of(header->time + boot_offset),
	};
}

static int yield(struct correlator *correlator, enum fact_kind kind, const struct record_header *header,
		 const struct module_info *module, struct event *event)
{
	struct fact fact = { .kind = kind, .record = header, .time = header->time, .event = event };

	if (module) {
		fact.address = module->address;
		memcpy(fact.name, module->name, sizeof(fact.name) - 1);
	}
	return correlator->take(correlator->ctx, &fact);
}

/* Who made the call: the attempt says; where that was lost, the record itself says a little. */
static void set_process(struct correlator *correlator, struct event *event, const struct open_attempt *open,
			const struct record_header *header)
{
	if (open && open->attempt) {
		struct record_view view = attempt_kept(open->attempt);

		decode_process(&view, &view.record->attempt.subject, correlator->start_offset, &correlator->buffer,
			       &event->process);
		if (event->kind == EVENT_MODULE_LOAD)
			load_details_requester(&correlator->load_details, header->pid, &view.record->attempt.subject,
					       event);
	} else {
		decode_bare_process(header, &event->process);
		if (event->kind == EVENT_MODULE_LOAD) /* it may have been for a request */
			event->requested_by.known = UNKNOWN;
	}
}

static int tool_exec(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	static const char *const names[] = {
		[TOOL_KMOD] = "kmod",
		[TOOL_INSMOD] = "insmod",
		[TOOL_RMMOD] = "rmmod",
		[TOOL_MODPROBE] = "modprobe",
	};
	static const char *const matches[] = {
		[MATCHED_BY_NAME] = "name",
		[MATCHED_BY_INODE] = "inode",
		[MATCHED_BY_REQUEST] = "request",
	};
	const struct tool_exec_record *record = &view->record->tool_exec;
	struct event event = event_begin(correlator, EVENT_TOOL_EXEC, &record->header, boot_offset);

	if (record->request_time)
		requests_serve(correlator->attempts.handover, record->request_time, record->request_cpu,
			       record->header.pid, record->subject.start_time);
	if (record->suppressed) /* it was counted */
		return 0;
	event.tool = (struct tool_part) {
		.known = KNOWN,
		.name = text_of(record->tool < sizeof(names) / sizeof(names[0]) ? names[record->tool] : NULL),
		.path = record_text(view, &record->path),
		.matched_by = text_of(
		    record->matched_by < sizeof(matches) / sizeof(matches[0]) ? matches[record->matched_by] : NULL),
	};
	decode_process(view, &record->subject, correlator->start_offset, &correlator->buffer, &event.process);
	load_details_requester(&correlator->load_details, record->header.pid, &record->subject, &event);
	return yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}

static int module_request(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct module_request_record *record = &view->record->module_request;
	struct event event = event_begin(correlator, EVENT_MODULE_REQUEST, &record->header, boot_offset);

	requests_note(correlator->attempts.handover, view);
	if (record->suppressed) /* it was counted */
		return 0;
	event.alias = record_text(view, &record->alias);
	event.wait = number_of(record->wait);
	decode_process(view, &record->subject, correlator->start_offset, &correlator->buffer, &event.process);
	return yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}

static int monitor_touched(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct monitor_touched_record *record = &view->record->monitor_touched;
	struct event event = event_begin(correlator, EVENT_MONITOR_TOUCHED, &record->header, boot_offset);

	event.what = text_of(decode_object(record->object));
	event.object = (struct text) { .known = KNOWN, .bytes = record->name };
	event.object.size = strnlen(record->name, sizeof(record->name));
	if (record->bare)
		decode_bare_process(&record->header, &event.process);
	else
		decode_process(view, &record->subject, correlator->start_offset, &correlator->buffer, &event.process);
	return yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}

/* What is not shown by itself waits for the call's return. */
static int keep(struct correlator *correlator, const struct record_view *view)
{
	struct open_attempt *open = attempts_get(&correlator->attempts, &view->record->header);

	return open ? attempt_keep(open, view) : -ENOMEM;
}

/* The parameters as the kernel copied them; where it has no copy, as the caller passed them to the call (or NULL). */
static void set_params(struct module_part *module, const struct open_attempt *open, const struct record_view *view,
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

static int module_coming(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct module_record *record = &view->record->module;
	struct open_attempt *open;
	struct event event;
	int err = keep(correlator, view);

	if (err)
		return err;
	open = attempts_find(&correlator->attempts, &record->header);
	event = event_begin(correlator, EVENT_MODULE_COMING, &record->header, boot_offset);
	decode_module(view, &record->module, &correlator->buffer, &event.module);
	set_params(&event.module, open, view, NULL);
	set_process(correlator, &event, open, &record->header);
	return yield(correlator, FACT_COMING, &record->header, &record->module, &event);
}

/* Where the module's init failed, what there is to say of it was said when it came. */
static int module_free(struct correlator *correlator, const struct record_view *view)
{
	const struct module_record *record = &view->record->module;
	const struct open_attempt *open = attempts_find(&correlator->attempts, &record->header);
	int err = open && open->module ? 0 : keep(correlator, view);

	return err ? err : yield(correlator, FACT_GONE, &record->header, &record->module, NULL);
}

static const char *failed_stage(const struct call *call)
{
	if (call->read_refused)
		return "permission";
	if (call->module_seen)
		return "init";
	return call->read_done ? "verify" : "read";
}

static void set_outcome(struct event *event, const struct call *call, const char *stage)
{
	event->outcome = text_of(call->ret < 0 ? "failure" : "success");
	if (call->ret < 0 && event->kind == EVENT_MODULE_LOAD)
		event->stage = text_of(stage);
}

static void set_module(struct event *event, const struct record_view *view, const struct call *call,
		       const struct open_attempt *open, struct decode_buffer *buffer)
{
	if (call->module_seen && open && open->module) {
		struct record_view module = attempt_kept(open->module);

		decode_module(&module, &module.record->module.module, buffer, &event->module);
		if (event->kind == EVENT_MODULE_LOAD) /* it was read while coming; the result says what became of it */
			event->module.state = call->ret < 0 ? (struct text) { 0 } : text_of("live");
	} else {
		decode_called_module(call, &event->module);
	}
	if (event->kind == EVENT_MODULE_LOAD)
		set_params(&event->module, open, view, call);
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

static int yield_call(struct correlator *correlator, const struct call_return_record *record,
		      const struct open_attempt *open, struct event *event)
{
	enum fact_kind kind = event->kind == EVENT_MODULE_LOAD && record->call.ret >= 0 ? FACT_LIVE : FACT_GONE;
	struct record_view module;

	if (!record->call.module_seen || !open || !open->module)
		return yield(correlator, FACT_OTHER, &record->header, NULL, event);
	module = attempt_kept(open->module);
	return yield(correlator, kind, &record->header, &module.record->module.module, event);
}

/* view: of the return, or of the result before it. open: what is kept of the attempt, NULL: nothing. */
static int write_call(struct correlator *correlator, const struct record_view *view, const struct open_attempt *open,
		      uint64_t boot_offset)
{
	const struct call_return_record *record = &view->record->call_return;
	const struct call *call = &record->call;
	struct decode_buffer *buffer = &correlator->buffer;
	struct event event = event_begin(correlator, kind_of_call(call), &record->header, boot_offset);
	int err;

	set_outcome(&event, call, failed_stage(call));
	decode_call(call, buffer, &event.syscall);
	set_module(&event, view, call, open, buffer);
	if (event.kind == EVENT_MODULE_LOAD) {
		set_source(&event, call, open, buffer);
		load_details_signature(&correlator->load_details, call, open, &event);
		load_details_image(&correlator->load_details, &record->header, call, &event);
	}
	set_process(correlator, &event, open, &record->header);
	err = yield_call(correlator, record, open, &event);
	if (!err)
		images_close(correlator->load_details.images, &record->header);
	return err;
}

/*
 * A call whose return does not come ends with the result that was certain before, if it had one. Should it come all the
 * same (the caller had to wait for the CPU, or for RCU), the call is no second one: that is remembered between the line
 * and the end of what is kept, so that a kill repeats the line at most, under the same id.
 */
static int give_up_return(struct correlator *correlator, struct open_attempt *open, uint64_t boot_offset)
{
	struct handover *handover = correlator->attempts.handover;
	struct record_view view;
	int err;

	if (!open->done || handover_is_settled(handover, open->done)) {
		attempts_close(&correlator->attempts, open);
		return 0;
	}
	view = attempt_kept(open->done);
	err = write_call(correlator, &view, open, boot_offset);
	if (err)
		return err;
	handover_set_settled(handover, open->done);
	attempts_close(&correlator->attempts, open);
	return 0;
}

static int call_returned(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct record_header *header = &view->record->header;
	struct open_attempt *open = attempts_find(&correlator->attempts, header);
	int err = 0;

	if (!handover_is_settled(correlator->attempts.handover, header))
		err = write_call(correlator, view, open, boot_offset);
	if (!err)
		attempts_close(&correlator->attempts, open);
	return err;
}

int correlator_flush(struct correlator *correlator, uint64_t before, uint64_t boot_offset, bool *waiting)
{
	struct open_attempt *open;
	int err = 0;

	while (!err && (open = attempts_overdue(&correlator->attempts, before, waiting)))
		err = give_up_return(correlator, open, boot_offset);
	return err;
}

/*
 * Whether a load that read nothing has another caller's result: only such a load can succeed, or fail with what only
 * reading tells. Left: what finit_module finds out by itself, and kernel_read_file() before it asks the LSMs. EINVAL is
 * its own for flags that do not exist, for what is no regular file, and for an empty one.
 */
static bool is_coalesced(const struct call *call, const struct source_file *source)
{
	enum { FLAGS = 7 }; /* uapi/linux/module.h */

	if (call->module_call != CALL_FINIT_MODULE || !call->loads_shared)
		return false;
	switch (-call->ret) {
	case EPERM:
	case EACCES:
	case EBADF:
	case ETXTBSY:
		return false;
	case EINVAL:
		return !(call->flags & ~(uint64_t)FLAGS) && source->is_regular && source->size;
	}
	return true;
}

static int call_alone(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct call_alone_record *record = &view->record->call_alone;
	const struct call *call = &record->call;
	struct decode_buffer *buffer = &correlator->buffer;
	struct event event = event_begin(correlator, kind_of_call(call), &record->header, boot_offset);

	decode_call(call, buffer, &event.syscall);
	if (is_coalesced(call, &record->source)) {
		event.coalesced = number_of(true);
		set_outcome(&event, call, NULL); /* where the other call failed is that call's line */
	} else {
		set_outcome(&event, call, "permission");
		decode_called_module(call, &event.module);
		if (event.kind == EVENT_MODULE_LOAD)
			set_params(&event.module, NULL, view, call);
	}
	if (record->source.present)
		decode_source(view, &record->source, buffer, &event.source);
	decode_process(view, &record->subject, correlator->start_offset, buffer, &event.process);
	if (event.kind == EVENT_MODULE_LOAD)
		load_details_requester(&correlator->load_details, record->header.pid, &record->subject, &event);
	return yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}

int correlator_take(struct correlator *correlator, const void *bytes, size_t size, uint64_t boot_offset)
{
	struct record_view view;
	int err = record_view(bytes, size, &view);
	struct open_attempt *stale;

	if (err)
		return err;
	stale = attempts_stale(&correlator->attempts, &view.record->header);
	if (stale)
		err = give_up_return(correlator, stale, boot_offset);
	if (err)
		return err;
	switch (view.record->header.kind) {
	case RECORD_TOOL_EXEC:
		return tool_exec(correlator, &view, boot_offset);
	case RECORD_MODULE_REQUEST:
		return module_request(correlator, &view, boot_offset);
	case RECORD_MONITOR_TOUCHED:
		return monitor_touched(correlator, &view, boot_offset);
	case RECORD_MODULE_FREE:
		return module_free(correlator, &view);
	case RECORD_ATTEMPT:
	case RECORD_MODULE_PARAMS:
	case RECORD_MODULE_SIGNATURE:
	case RECORD_CALL_DONE:
		return keep(correlator, &view);
	case RECORD_MODULE_COMING:
		return module_coming(correlator, &view, boot_offset);
	case RECORD_CALL_RETURN:
		return call_returned(correlator, &view, boot_offset);
	case RECORD_CALL_ALONE:
		return call_alone(correlator, &view, boot_offset);
	case RECORD_CANARY:	   /* the self-test's */
	case RECORD_AUDIT_CHANGED: /* for the audit check */
		return 0;
	}
	return -EBADMSG;
}

void correlator_prune(struct correlator *correlator)
{
	images_prune(correlator->load_details.images, &correlator->attempts);
}

int correlator_new(fact_fn take, void *ctx, struct handover *handover, struct images *images,
		   struct correlator **correlator)
{
	_cleanup_(correlator_freep) struct correlator *made = calloc(1, sizeof(*made));
	int err = 0;

	if (!made)
		return -ENOMEM;
	made->take = take;
	made->ctx = ctx;
	made->attempts.handover = handover;
	made->start_offset = clock_boot_offset();
	made->load_details = (struct load_details) {
		.handover = handover,
		.images = images,
		.start_offset = made->start_offset,
	};
	err = attempts_restore(&made->attempts);
	if (err)
		return err;
	*correlator = made;
	made = NULL;
	return 0;
}

void correlator_freep(struct correlator **correlator)
{
	if (!*correlator)
		return;
	attempts_clear(&(*correlator)->attempts);
	free(*correlator);
	*correlator = NULL;
}
