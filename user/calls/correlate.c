// SPDX-License-Identifier: BSD-2-Clause
/*
 * A call that does something sends an attempt (who, from where), then what the kernel says of the module, then how it
 * ends. All but the last are kept by thread id until then: a thread is in one such call at most.
 */
#include "correlate.h"
#include "../cleanup.h"
#include "../clock.h"
#include "brief.h"
#include "call_line.h"
#include "requests.h"
#include "settle.h"

#include <errno.h>
#include <string.h>

/* One offset for all times of what is said now. */
static void set_offset(struct correlator *correlator, uint64_t boot_offset)
{
	correlator->boot_offset = boot_offset;
	correlator->load_details.boot_offset = boot_offset;
}

static int tool_exec(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	static const char *const names[] = {
		[TOOL_KMOD] = "kmod",	      [TOOL_INSMOD] = "insmod", [TOOL_RMMOD] = "rmmod",
		[TOOL_MODPROBE] = "modprobe", [TOOL_LSMOD] = "lsmod",	[TOOL_MODINFO] = "modinfo",
		[TOOL_DEPMOD] = "depmod",
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
	decode_process(view, &record->subject, correlator->boot_offset, &correlator->buffer, &event.process);
	load_details_requester(&correlator->load_details, record->header.pid, &record->subject, &event);
	return correlator_yield(correlator, FACT_OTHER, &record->header, NULL, &event);
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
	decode_process(view, &record->subject, correlator->boot_offset, &correlator->buffer, &event.process);
	return correlator_yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}

static int monitor_touched(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct monitor_touched_record *record = &view->record->monitor_touched;
	struct event event = event_begin(correlator, EVENT_MONITOR_TOUCHED, &record->header, boot_offset);

	event.what = text_of(decode_object(record->object));
	event.object = (struct text) { .known = KNOWN, .bytes = record->name };
	event.object.size = strnlen(record->name, sizeof(record->name));
	decode_process(view, &record->subject, correlator->boot_offset, &correlator->buffer, &event.process);
	return correlator_yield(correlator, FACT_OTHER, &record->header, NULL, &event);
}

/* What is not shown by itself waits for the call's return. */
static int keep(struct correlator *correlator, const struct record_view *view)
{
	struct open_attempt *open = attempts_get(&correlator->attempts, &view->record->header);

	return open ? attempt_keep(open, view) : -ENOMEM;
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
	event_set_params(&event.module, open, view, NULL);
	event_set_process(correlator, &event, open, &record->header);
	return correlator_yield(correlator, FACT_COMING, &record->header, &record->module, &event);
}

/* Where the module's init failed, what there is to say of it was said when it came. */
static int module_free(struct correlator *correlator, const struct record_view *view)
{
	const struct module_record *record = &view->record->module;
	const struct open_attempt *open = attempts_find(&correlator->attempts, &record->header);
	int err = open && open->module ? 0 : keep(correlator, view);

	return err ? err : correlator_yield(correlator, FACT_GONE, &record->header, &record->module, NULL);
}

static int module_live(struct correlator *correlator, const struct record_view *view)
{
	const struct module_record *record = &view->record->module;
	int err = keep(correlator, view);

	return err ? err : correlator_yield(correlator, FACT_LIVE, &record->header, &record->module, NULL);
}

/* The end is certain. What it means for the module is known from here on, its line comes with the return. */
static int call_done(struct correlator *correlator, const struct record_view *view)
{
	const struct record_header *header = &view->record->header;
	const struct call *call = &view->record->call_return.call;
	bool loaded = call->module_call != CALL_DELETE_MODULE &&
		      (call->end == END_SUCCESS || (call->end == END_RETURNED && call->ret >= 0));
	const struct open_attempt *open;
	struct record_view module;
	int err = keep(correlator, view);

	if (err)
		return err;
	open = attempts_find(&correlator->attempts, header);
	shared_loads_note(&correlator->shared, open, call, header->time);
	if (!loaded || !open->module)
		return 0;
	module = attempt_kept(open->module);
	return correlator_yield(correlator, FACT_LIVE, header, &module.record->module.module, NULL);
}

static int call_returned(struct correlator *correlator, const struct record_view *view, uint64_t boot_offset)
{
	const struct record_header *header = &view->record->header;
	const struct call *call = &view->record->call_return.call;
	struct open_attempt *open = attempts_find(&correlator->attempts, header);
	bool seen = call->end == END_RETURNED;
	int err = 0;

	shared_loads_note(&correlator->shared, open, call, header->time);
	if (!handover_is_settled(correlator->attempts.handover, header))
		err = call_line(correlator, view, open, seen ? NULL : "notifier", boot_offset);
	if (!err)
		attempts_close(&correlator->attempts, open);
	return err;
}

int correlator_take(struct correlator *correlator, const void *bytes, size_t size, uint64_t boot_offset)
{
	struct record_view view;
	int err = record_view(bytes, size, &view);
	struct open_attempt *stale;

	if (err)
		return err;
	if (view.record->header.kind == RECORD_BRIEF) {
		err = brief_expand(&view.record->brief, correlator->expanded);
		return err ? err
			   : correlator_take(correlator, correlator->expanded,
					     ((const struct record_header *)correlator->expanded)->size, boot_offset);
	}
	set_offset(correlator, boot_offset);
	stale = attempts_stale(&correlator->attempts, &view.record->header);
	if (stale)
		err = settle_stale(correlator, stale, boot_offset);
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
		return keep(correlator, &view);
	case RECORD_CALL_DONE:
		return call_done(correlator, &view);
	case RECORD_MODULE_LIVE:
		return module_live(correlator, &view);
	case RECORD_MODULE_COMING:
		return module_coming(correlator, &view, boot_offset);
	case RECORD_CALL_RETURN:
		return call_returned(correlator, &view, boot_offset);
	case RECORD_CALL_ALONE:
		return call_line_alone(correlator, &view, boot_offset);
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
	made->load_details = (struct load_details) { .handover = handover, .images = images };
	err = attempts_restore(&made->attempts);
	if (err)
		return err;
	*correlator = TAKE_PTR(made);
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
