// SPDX-License-Identifier: BSD-2-Clause
#include "record.h"

#include <errno.h>

static size_t kind_size(uint32_t kind)
{
	switch (kind) {
	case RECORD_TOOL_EXEC:
		return sizeof(struct tool_exec_record);
	case RECORD_MODULE_REQUEST:
		return sizeof(struct module_request_record);
	case RECORD_ATTEMPT:
		return sizeof(struct attempt_record);
	case RECORD_MODULE_COMING:
	case RECORD_MODULE_LIVE:
	case RECORD_MODULE_FREE:
		return sizeof(struct module_record);
	case RECORD_MODULE_PARAMS:
		return sizeof(struct module_params_record);
	case RECORD_CALL_DONE:
	case RECORD_CALL_RETURN:
		return sizeof(struct call_return_record);
	case RECORD_CALL_ALONE:
		return sizeof(struct call_alone_record);
	case RECORD_MODULE_SIGNATURE:
		return sizeof(struct module_signature_record);
	case RECORD_CANARY:
		return sizeof(struct canary_record);
	case RECORD_AUDIT_CHANGED:
		return sizeof(struct audit_changed_record);
	case RECORD_BRIEF:
		return sizeof(struct brief_record);
	case RECORD_MONITOR_TOUCHED:
		return sizeof(struct monitor_touched_record);
	}
	return 0;
}

int record_view(const void *bytes, size_t size, struct record_view *view)
{
	const struct record_header *header = bytes;
	size_t fixed;

	if (size < sizeof(*header) || header->size != size)
		return -EBADMSG;
	fixed = kind_size(header->kind);
	if (fixed == 0)
		return -EBADMSG;
	if (header->text_size)
		fixed = RECORD_FIXED;
	if (size != fixed + header->text_size)
		return -EBADMSG;
	view->record = bytes;
	view->text = (const char *)bytes + fixed;
	return 0;
}

struct text record_text(const struct record_view *view, const struct span *span)
{
	struct text text = { 0 };

	if (span->state == SPAN_ABSENT)
		return text;
	text.known = UNKNOWN;
	text.truncated = span->cut;
	text.detached = span->detached;
	if (span->state != SPAN_KNOWN || (size_t)span->offset + span->size > view->record->header.text_size)
		return text;
	text.known = KNOWN;
	text.bytes = view->text + span->offset;
	text.size = span->size;
	return text;
}
