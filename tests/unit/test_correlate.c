// SPDX-License-Identifier: BSD-2-Clause
#include "events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TID = 7, ATTEMPT = 100 };
enum { SEND_ATTEMPT = 1, SEND_PARAMS = 2, SEND_COMING = 4, SEND_FREE = 8 };

static void send_before_return(struct events *events, unsigned int sent)
{
	static const struct {
		unsigned int bit;
		enum record_kind kind;
	} order[] = {
		{ SEND_ATTEMPT, RECORD_ATTEMPT },
		{ SEND_PARAMS, RECORD_MODULE_PARAMS },
		{ SEND_COMING, RECORD_MODULE_COMING },
		{ SEND_FREE, RECORD_MODULE_FREE },
	};

	for (size_t i = 0; i < COUNT(order); i++)
		if (sent & order[i].bit)
			events_sample(events, order[i].kind, TID, ATTEMPT);
}

/* The return of what was sent, as call says; params: the caller's, NULL where the kernel has a copy. */
static void send_return(struct events *events, struct call call, const char *params)
{
	struct made made;

	made_begin(&made, RECORD_CALL_RETURN, TID, ATTEMPT);
	if (params)
		call.params = made_string(&made, params);
	made.record.call_return.call = call;
	events_take(events, &made);
}

/* What finit_module's descriptor led to. */
enum { NO_FILE, REGULAR, SPECIAL };

static void send_alone(struct events *events, struct call call, int file)
{
	struct made made;

	made_sample(&made, RECORD_CALL_ALONE, TID, ATTEMPT);
	if (call.module_call != CALL_DELETE_MODULE)
		call.params = made.record.call_alone.call.params;
	made.record.call_alone.call = call;
	made.record.call_alone.call.loads_shared = 1;
	made.record.call_alone.source.present = file != NO_FILE;
	made.record.call_alone.source.type = file == REGULAR ? FILE_REGULAR : FILE_PIPE;
	events_take(events, &made);
}

#define X_FILE "{'kind':'file','path':'/lib/modules/x.ko','dev':'8:1','inode':42,'fs':'ext4'}"
#define LOADED(call_) .module_call = call_, .abi = ABI_X86_64, .duration_ns = 5

static const struct load {
	const char *what;
	unsigned int sent;
	struct call call;
	const char *params, *expected;
} loads[] = {
	{ "a load",
	  SEND_ATTEMPT | SEND_PARAMS | SEND_COMING,
	  { LOADED(CALL_FINIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1, .name = "image" },
	  NULL,
	  "{'kind':'module_load','id':'a0-3','time':'1970-01-01T00:00:00.000001160Z','outcome':'success',"
	  "'stage':'@absent','coalesced':'@absent','syscall':{'name':'finit_module','abi':'x86_64','ret':0,"
	  "'errno':'@absent','duration_ns':5,'flags':[]},'module':{'name':'x','name_from':'@absent','params':'a=1 b=2',"
	  "'params_from':'@absent','version':'1.0','srcversion':'A1B2','taints':'OE','signed':false,'size':16384,"
	  "'state':'live'},'source':" X_FILE ",'process':" WHOLE_PROCESS ",'requested_by':'@absent'}" },
	{ "init_module",
	  SEND_PARAMS | SEND_COMING,
	  { LOADED(CALL_INIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1, .image_size = 9 },
	  NULL,
	  "{'outcome':'success','syscall':{'name':'init_module','flags':'@absent'},"
	  "'source':{'kind':'memory','size':9,'path':'@absent','inode':'@absent'}}" },
	{ "init_module, not all read",
	  SEND_ATTEMPT,
	  { LOADED(CALL_INIT_MODULE), .ret = -EFAULT },
	  "",
	  "{'outcome':'failure','stage':'read','source':{'kind':'memory','size':null},'module':{'name':null,"
	  "'params':'','params_from':'caller'},'process':" WHOLE_PROCESS "}" },
	{ "an LSM refuses",
	  SEND_ATTEMPT,
	  { LOADED(CALL_FINIT_MODULE), .ret = -EACCES, .read_refused = 1 },
	  "a=9",
	  "{'outcome':'failure','stage':'refused','syscall':{'ret':-13,'errno':'EACCES'},'module':{'name':null,"
	  "'name_from':'@absent','params':'a=9','params_from':'caller','size':'@absent'},'source':" X_FILE "}" },
	{ "the read fails",
	  SEND_ATTEMPT,
	  { LOADED(CALL_FINIT_MODULE), .ret = -EIO },
	  "a=9",
	  "{'outcome':'failure','stage':'read','syscall':{'errno':'EIO'}}" },
	{ "not a module",
	  SEND_ATTEMPT,
	  { LOADED(CALL_FINIT_MODULE), .ret = -ENOEXEC, .read_done = 1, .name = "n" },
	  "a=9",
	  "{'outcome':'failure','stage':'verify','module':{'name':'n','name_from':'image','params':'a=9',"
	  "'params_from':'caller','state':'@absent'}}" },
	{ "a duplicate",
	  SEND_ATTEMPT | SEND_PARAMS,
	  { LOADED(CALL_FINIT_MODULE), .ret = -EEXIST, .read_done = 1, .params_copied = 1, .name = "n" },
	  NULL,
	  "{'outcome':'failure','stage':'verify','module':{'name':'n','params':'a=1 b=2','params_from':'@absent'}}" },
	{ "init fails",
	  SEND_ATTEMPT | SEND_PARAMS | SEND_COMING | SEND_FREE,
	  { LOADED(CALL_FINIT_MODULE), .ret = -ENODEV, .read_done = 1, .module_seen = 1, .params_copied = 1 },
	  NULL,
	  "{'outcome':'failure','stage':'init','module':{'name':'x','state':'@absent','taints':'OE'}}" },
	{ "the parameters cannot be read",
	  SEND_ATTEMPT,
	  { LOADED(CALL_FINIT_MODULE), .ret = -EFAULT, .read_done = 1, .params = { .state = SPAN_UNKNOWN } },
	  NULL,
	  "{'stage':'verify','module':{'params':null,'params_from':'@absent'}}" },
	{ "the attempt was lost",
	  SEND_PARAMS | SEND_COMING,
	  { LOADED(CALL_FINIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1 },
	  NULL,
	  "{'outcome':'success','module':{'name':'x','params':'a=1 b=2'},'source':null,'process':" BARE_PROCESS
	  ",'requested_by':null}" },
	{ "the parameters were lost",
	  SEND_ATTEMPT | SEND_COMING,
	  { LOADED(CALL_FINIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1 },
	  NULL,
	  "{'module':{'name':'x','params':null,'params_from':'@absent'},'process':" WHOLE_PROCESS "}" },
	{ "module_coming was lost",
	  SEND_ATTEMPT | SEND_PARAMS,
	  { LOADED(CALL_FINIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1, .name = "n" },
	  NULL,
	  "{'outcome':'success','module':{'name':'n','name_from':'image','size':'@absent'}}" },
	{ "all but the return was lost",
	  0,
	  { LOADED(CALL_FINIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1 },
	  NULL,
	  "{'outcome':'success','module':{'name':null,'params':null},'source':null,'process':" BARE_PROCESS "}" },
};

static void every_load(void **state)
{
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(loads); i++) {
		const struct load *load = &loads[i];

		print_message("%s\n", load->what);
		send_before_return(events, load->sent);
		send_return(events, load->call, load->params);
		assert_last(events, load->sent & SEND_COMING ? 2 : 1, load->expected);
		events_forget(events);
	}
}

static void coming(void **state)
{
	struct events *events = *state;

	send_before_return(events, SEND_ATTEMPT | SEND_PARAMS | SEND_COMING);
	assert_last(events, 1,
		    "{'kind':'module_coming','id':'8c-3','time':'1970-01-01T00:00:00.000001140Z',"
		    "'outcome':'@absent','module':{'name':'x','params':'a=1 b=2','params_from':'@absent',"
		    "'state':'coming'},'process':" WHOLE_PROCESS "}");
	events_sample(events, RECORD_MODULE_COMING, TID + 1, ATTEMPT);
	assert_last(events, 2, "{'module':{'name':'x','params':null},'process':{'tid':8,'exe':null}}");
}

static const struct load unloads[] = {
	{ "an unload",
	  SEND_ATTEMPT | SEND_FREE,
	  { LOADED(CALL_DELETE_MODULE), .module_seen = 1 },
	  NULL,
	  "{'kind':'module_unload','outcome':'success','stage':'@absent','syscall':{'name':'delete_module'},"
	  "'module':{'name':'x','name_from':'@absent','state':'going','params':'@absent'},'source':'@absent',"
	  "'process':" WHOLE_PROCESS "}" },
	{ "in use",
	  SEND_ATTEMPT,
	  { LOADED(CALL_DELETE_MODULE), .ret = -EAGAIN, .name_read = 1, .name = "n" },
	  NULL,
	  "{'kind':'module_unload','outcome':'failure','stage':'@absent','syscall':{'errno':'EAGAIN'},"
	  "'module':{'name':'n','name_from':'caller'},'process':" WHOLE_PROCESS "}" },
	{ "the attempt was lost",
	  SEND_FREE,
	  { LOADED(CALL_DELETE_MODULE), .module_seen = 1 },
	  NULL,
	  "{'outcome':'success','module':{'name':'x'},'process':" BARE_PROCESS "}" },
	{ "the module was lost",
	  SEND_ATTEMPT,
	  { LOADED(CALL_DELETE_MODULE), .module_seen = 1 },
	  NULL,
	  "{'outcome':'success','module':{'name':null},'process':" WHOLE_PROCESS "}" },
};

static void every_unload(void **state)
{
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(unloads); i++) {
		print_message("%s\n", unloads[i].what);
		send_before_return(events, unloads[i].sent);
		send_return(events, unloads[i].call, unloads[i].params);
		assert_last(events, 1, unloads[i].expected);
		events_forget(events);
	}
}

/* Without proof that it has the result of another's load, it is not known what became of it. */
#define REFUSED "{'kind':'module_load','outcome':'failure','stage':'refused','coalesced':'@absent',"
#define UNPROVEN "'coalesced':null,'module':{'name':null},'process':" WHOLE_PROCESS "}"
#define FINIT(ret_)                                             \
	{                                                       \
		.module_call = CALL_FINIT_MODULE, .ret = (ret_) \
	}

static void alone(void **state)
{
	static const struct {
		struct call call;
		int file;
		const char *expected;
	} rows[] = {
		{ FINIT(0), REGULAR,
		  "{'kind':'module_load','outcome':'success','stage':'@absent','source':" X_FILE "," UNPROVEN },
		{ FINIT(-EEXIST), REGULAR, "{'outcome':'failure','stage':null,'source':" X_FILE "," UNPROVEN },
		{ FINIT(-ENOEXEC), NO_FILE, "{'outcome':'failure','stage':null,'source':'@absent'," UNPROVEN },
		{ FINIT(-EINVAL), REGULAR, "{'outcome':'failure','stage':null," UNPROVEN },
		{ FINIT(-EINVAL), SPECIAL, REFUSED "'source':{'kind':'pipe','path':'/lib/modules/x.ko'}}" },
		{ FINIT(-EINVAL), NO_FILE, REFUSED "'source':'@absent'}" },
		{ { .module_call = CALL_FINIT_MODULE, .ret = -EINVAL, .flags = 8 },
		  REGULAR,
		  REFUSED "'syscall':{'flags':['0x8']}}" },
		{ FINIT(-EPERM), NO_FILE,
		  REFUSED "'module':{'name':null,'params':'a=1','params_from':'caller'},"
			  "'process':" WHOLE_PROCESS "}" },
		{ FINIT(-EACCES), REGULAR, REFUSED "'syscall':{'errno':'EACCES'}}" },
		{ FINIT(-EBADF), NO_FILE, REFUSED "'syscall':{'duration_ns':'@absent'}}" },
		{ FINIT(-ETXTBSY), REGULAR, REFUSED "'syscall':{'errno':'ETXTBSY'}}" },
		{ { .module_call = CALL_INIT_MODULE, .ret = -EPERM },
		  NO_FILE,
		  REFUSED "'syscall':{'name':'init_module'}}" },
		{ { .module_call = CALL_DELETE_MODULE, .ret = -EPERM, .name_read = 1, .name = "n" },
		  NO_FILE,
		  "{'kind':'module_unload','outcome':'failure','stage':'@absent','coalesced':'@absent','source':'@absent',"
		  "'module':{'name':'n','name_from':'caller','params':'@absent'},'process':" WHOLE_PROCESS "}" },
	};
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("row %zu\n", i);
		send_alone(events, rows[i].call, rows[i].file);
		assert_last(events, 1, rows[i].expected);
		events_forget(events);
	}
}

/* Of a call that there was no room to describe, it is not known how far it came. */
static void brief_calls(void **state)
{
	static const struct {
		uint32_t of_kind;
		int64_t ret;
		uint64_t address;
		const char *expected;
	} rows[] = {
		{ RECORD_CALL_RETURN, -ENOEXEC, 0, "{'outcome':'failure','stage':null,'syscall':{'errno':'ENOEXEC'}}" },
		{ RECORD_CALL_RETURN, -ENODEV, 1, "{'outcome':'failure','stage':'init'}" },
		{ RECORD_CALL_RETURN, 0, 0, "{'outcome':'success','stage':'@absent'}" },
		{ RECORD_CALL_ALONE, -EINVAL, 0, "{'outcome':'failure','stage':null}" },
		{ RECORD_CALL_ALONE, -EBADF, 0, "{'outcome':'failure','stage':'refused'}" },
	};
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct made made;

		made_begin(&made, RECORD_BRIEF, TID, ATTEMPT);
		made.record.brief.of_kind = rows[i].of_kind;
		made.record.brief.module_call = CALL_FINIT_MODULE;
		made.record.brief.ret = rows[i].ret;
		made.record.brief.address = rows[i].address;
		events_take(events, &made);
		assert_last(events, 1, rows[i].expected);
		events_forget(events);
	}
}

/* What another monitor's self-test can be taken for. */
static void empty_calls(void **state)
{
	struct events *events = *state;
	static const struct {
		struct call call;
		bool alone, empty;
	} rows[] = {
		{ { .module_call = CALL_INIT_MODULE, .ret = -EPERM, .empty = 1 }, true, true },
		{ { .module_call = CALL_INIT_MODULE, .ret = -EPERM }, true, false },
		{ { .module_call = CALL_DELETE_MODULE, .ret = -ENOENT, .name_read = 1 }, false, true },
		{ { .module_call = CALL_DELETE_MODULE, .ret = -ENOENT }, false, false },
		{ { .module_call = CALL_DELETE_MODULE, .ret = -ENOENT, .name_read = 1, .name = "x" }, false, false },
		{ { .module_call = CALL_DELETE_MODULE, .name_read = 1, .module_seen = 1 }, false, false },
		{ { .module_call = CALL_INIT_MODULE, .ret = -ENOEXEC, .name_read = 1 }, false, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].alone)
			send_alone(events, rows[i].call, NO_FILE);
		else
			send_return(events, rows[i].call, NULL);
		assert_int_equal(events->empty_call, rows[i].empty);
	}
}

/* The proof: another thread's load of the same file, under way or just over with that result; his own is none. */
static void coalesced(void **state)
{
	static const struct {
		uint32_t tid;
		bool over;
		int64_t ret, of_other;
		const char *expected;
	} rows[] = {
		{ TID + 1, false, 0, 0, "{'outcome':'success','coalesced':true,'module':'@absent'}" },
		{ TID + 1, true, 0, 0, "{'outcome':'success','coalesced':true,'module':'@absent'}" },
		{ TID + 1, true, -EEXIST, -EEXIST, "{'outcome':'failure','stage':null,'coalesced':true}" },
		{ TID + 1, true, -EEXIST, 0, "{'outcome':'failure','stage':null,'coalesced':null}" },
		{ TID, true, 0, 0, "{'outcome':'success','coalesced':null}" },
	};
	struct events *events = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct made made;

		print_message("row %zu\n", i);
		events_restart(events);
		events_sample(events, RECORD_ATTEMPT, rows[i].tid, ATTEMPT);
		if (rows[i].over) {
			made_sample(&made, RECORD_CALL_RETURN, rows[i].tid, ATTEMPT);
			made.record.call_return.call.ret = rows[i].of_other;
			events_take(events, &made);
		}
		send_alone(events, (struct call)FINIT(rows[i].ret), REGULAR);
		assert_last(events, rows[i].over ? 2 : 1, rows[i].expected);
		made_sample(&made, RECORD_CALL_RETURN, rows[i].tid, ATTEMPT);
		events_take(events, &made);
		events_forget(events);
	}
}

/* A refused call that is read after the attempt that its thread began next. */
static void alone_late(void **state)
{
	struct events *events = *state;
	struct made made;

	send_before_return(events, SEND_ATTEMPT | SEND_PARAMS);
	made_sample(&made, RECORD_CALL_ALONE, TID, ATTEMPT - 1);
	made.record.header.time = ATTEMPT - 1;
	events_take(events, &made);
	send_before_return(events, SEND_COMING);
	send_return(events,
		    (struct call) { LOADED(CALL_FINIT_MODULE), .read_done = 1, .module_seen = 1, .params_copied = 1 },
		    NULL);
	assert_last(events, 3,
		    "{'outcome':'success','module':{'name':'x','params':'a=1 b=2'},'source':" X_FILE
		    ",'process':" WHOLE_PROCESS "}");
}

/* Both times of a line are on one clock, whatever the wall clock was set to between two lines. */
static void start_time(void **state)
{
	struct events *events = *state;
	struct made made;

	for (uint64_t hours = 0; hours < 3; hours++) {
		char expected[160];

		made_sample(&made, RECORD_TOOL_EXEC, TID, 3000000000);
		made.record.header.time = 3000000000;
		made.record.tool_exec.subject.start_time = 2000000000;
		made_finish(&made);
		assert_int_equal(
		    correlator_take(events->correlator, &made, made.record.header.size, hours * 3600000000000), 0);
		snprintf(
		    expected, sizeof(expected),
		    "{'time':'1970-01-01T0%d:00:03.000000000Z','process':{'start_time':'1970-01-01T0%d:00:02.000000000Z'}}",
		    (int)hours, (int)hours);
		assert_json(events->events[hours], expected);
	}
}

static void tools(void **state)
{
	static const struct {
		uint32_t tool, matched_by;
		const char *expected;
	} rows[] = {
		{ TOOL_KMOD, MATCHED_BY_NAME, "{'tool':{'name':'kmod','path':'/sbin/insmod','matched_by':'name'}}" },
		{ TOOL_INSMOD, MATCHED_BY_INODE, "{'tool':{'name':'insmod','matched_by':'inode'}}" },
		{ TOOL_RMMOD, MATCHED_BY_NAME, "{'kind':'tool_exec','tool':{'name':'rmmod'},'id':'6e-3'}" },
		{ TOOL_MODPROBE, MATCHED_BY_NAME, "{'tool':{'name':'modprobe'},'process':" WHOLE_PROCESS "}" },
		{ 0, MATCHED_BY_NAME, "{'tool':{'name':null}}" },
		{ TOOL_LSMOD, MATCHED_BY_NAME, "{'tool':{'name':'lsmod'}}" },
		{ TOOL_MODINFO, MATCHED_BY_NAME, "{'tool':{'name':'modinfo'}}" },
		{ TOOL_DEPMOD, MATCHED_BY_NAME, "{'tool':{'name':'depmod'}}" },
		{ TOOL_DEPMOD + 1, MATCHED_BY_NAME, "{'tool':{'name':null}}" },
	};
	struct events *events = *state;
	struct made made;

	for (size_t i = 0; i < COUNT(rows); i++) {
		made_sample(&made, RECORD_TOOL_EXEC, TID, ATTEMPT);
		made.record.tool_exec.tool = rows[i].tool;
		made.record.tool_exec.matched_by = rows[i].matched_by;
		events_take(events, &made);
		assert_last(events, i + 1, rows[i].expected);
	}
}

static void request(void **state)
{
	struct events *events = *state;

	events_sample(events, RECORD_MODULE_REQUEST, TID, ATTEMPT);
	assert_last(events, 1, "{'kind':'module_request','alias':'net-pf-10','wait':true,'process':" WHOLE_PROCESS "}");
}

static void errors(void **state)
{
	static const enum record_kind emitting[] = { RECORD_TOOL_EXEC, RECORD_MODULE_REQUEST, RECORD_MODULE_COMING,
						     RECORD_CALL_RETURN, RECORD_CALL_ALONE };
	struct events *events = *state;
	struct made made;

	assert_int_equal(events_take_bytes(events, "", 0), -EBADMSG);
	events->answer = -EPIPE;
	for (size_t i = 0; i < COUNT(emitting); i++) {
		size_t size;

		made_sample(&made, emitting[i], TID, ATTEMPT);
		size = made_finish(&made);
		assert_int_equal(events_take_bytes(events, &made, size - 1), -EBADMSG);
		assert_int_equal(events_take_bytes(events, &made, size), -EPIPE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_EVENTS(every_load), WITH_EVENTS(coming),	   WITH_EVENTS(every_unload), WITH_EVENTS(alone),
		WITH_EVENTS(coalesced),	 WITH_EVENTS(alone_late),  WITH_EVENTS(start_time),   WITH_EVENTS(tools),
		WITH_EVENTS(request),	 WITH_EVENTS(errors),	   WITH_EVENTS(empty_calls),  WITH_EVENTS(request),
		WITH_EVENTS(errors),	 WITH_EVENTS(brief_calls),
	};

	return cmocka_run_group_tests_name("correlate", tests, NULL, NULL);
}
