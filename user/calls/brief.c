// SPDX-License-Identifier: BSD-2-Clause
#include "brief.h"

#include <errno.h>
#include <string.h>

static const struct span UNREAD = { .state = SPAN_UNKNOWN };

static void fill_call(struct call *call, const struct brief_record *brief)
{
	*call = (struct call) {
		.ret = brief->ret,
		.module_call = brief->module_call,
		.abi = brief->abi,
		.brief = 1,
		.params = UNREAD,
		.module_seen = brief->address != 0,
	};
	if (brief->ret >= BRIEF_END && brief->ret <= BRIEF_END + END_UNSEEN) {
		call->ret = 0;
		call->end = brief->ret - BRIEF_END;
	}
}

static void fill_module(struct module_info *module, const struct brief_record *brief)
{
	*module = (struct module_info) {
		.address = brief->address,
		.sig_ok = -1,
		.state = UINT32_MAX,
		.version = UNREAD,
		.srcversion = UNREAD,
	};
	memcpy(module->name, brief->name, sizeof(module->name));
}

int brief_expand(const struct brief_record *brief, void *bytes)
{
	union record *record = bytes;

	memset(record, 0, sizeof(*record));
	record->header = brief->header;
	record->header.kind = brief->of_kind;
	record->header.text_size = 0;
	switch (brief->of_kind) {
	case RECORD_TOOL_EXEC:
		record->tool_exec.subject.unread = 1;
		record->tool_exec.tool = brief->module_call;
		record->tool_exec.path = UNREAD;
		record->header.size = sizeof(record->tool_exec);
		return 0;
	case RECORD_MODULE_COMING:
	case RECORD_MODULE_LIVE:
	case RECORD_MODULE_FREE:
		fill_module(&record->module.module, brief);
		record->header.size = sizeof(record->module);
		return 0;
	case RECORD_CALL_DONE:
	case RECORD_CALL_RETURN:
		fill_call(&record->call_return.call, brief);
		record->header.size = sizeof(record->call_return);
		return 0;
	case RECORD_CALL_ALONE:
		fill_call(&record->call_alone.call, brief);
		record->call_alone.subject.unread = 1;
		record->header.size = sizeof(record->call_alone);
		return 0;
	}
	return -EBADMSG;
}
