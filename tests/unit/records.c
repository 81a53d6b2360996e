// SPDX-License-Identifier: BSD-2-Clause
#include "records.h"

#include <stdio.h>
#include <string.h>

static const size_t fixed_sizes[RECORD_KINDS] = {
	[RECORD_TOOL_EXEC] = sizeof(struct tool_exec_record),
	[RECORD_MODULE_REQUEST] = sizeof(struct module_request_record),
	[RECORD_ATTEMPT] = sizeof(struct attempt_record),
	[RECORD_MODULE_COMING] = sizeof(struct module_record),
	[RECORD_MODULE_FREE] = sizeof(struct module_record),
	[RECORD_CALL_RETURN] = sizeof(struct call_return_record),
	[RECORD_CALL_DONE] = sizeof(struct call_return_record),
	[RECORD_MODULE_SIGNATURE] = sizeof(struct module_signature_record),
	[RECORD_CANARY] = sizeof(struct canary_record),
	[RECORD_AUDIT_CHANGED] = sizeof(struct audit_changed_record),
	[RECORD_MONITOR_TOUCHED] = sizeof(struct monitor_touched_record),
	[RECORD_CALL_ALONE] = sizeof(struct call_alone_record),
	[RECORD_MODULE_PARAMS] = sizeof(struct module_params_record),
	[RECORD_MODULE_LIVE] = sizeof(struct module_record),
	[RECORD_BRIEF] = sizeof(struct brief_record),
};

size_t made_fixed_size(uint32_t kind)
{
	return kind < RECORD_KINDS ? fixed_sizes[kind] : 0;
}

struct subject *made_subject(struct made *made)
{
	return &made->record.tool_exec.subject;
}

void made_begin(struct made *made, enum record_kind kind, uint32_t tid, uint64_t attempt)
{
	memset(made, 0, sizeof(*made));
	made->record.header = (struct record_header) {
		.kind = kind,
		.time = kind == RECORD_ATTEMPT ? attempt : attempt + 10ull * kind,
		.cpu = SAMPLE_CPU,
		.attempt_time = attempt,
		.attempt_cpu = SAMPLE_CPU,
		.pid = tid - 1,
		.tid = tid,
		.uid = 1000,
		.comm = "insmod",
	};
}

struct span made_bytes(struct made *made, const char *bytes, size_t size)
{
	struct span span = { .offset = made->record.header.text_size, .size = size, .state = SPAN_KNOWN };

	memcpy(made->bytes + RECORD_FIXED + span.offset, bytes, size);
	made->record.header.text_size += size;
	return span;
}

struct span made_string(struct made *made, const char *string)
{
	struct span span = made_bytes(made, string, strlen(string) + 1);

	span.size--;
	return span;
}

struct span made_path(struct made *made, const char *path)
{
	struct span span = made_bytes(made, "", 0);
	char parts[TEXT_MAX], *slash;

	snprintf(parts, sizeof(parts), "/%s", path);
	while ((slash = strrchr(parts, '/'))) {
		span.size += made_string(made, slash + 1).size + 1;
		*slash = '\0';
	}
	return span;
}

size_t made_finish(struct made *made)
{
	struct record_header *header = &made->record.header;

	header->size = header->text_size ? RECORD_FIXED + header->text_size : (__u32)made_fixed_size(header->kind);
	return header->size;
}

static void fill_subject(struct made *made)
{
	*made_subject(made) = (struct subject) {
		.ppid = 900,
		.uid = 1000,
		.gid = 1001,
		.euid = 0,
		.egid = 5,
		.auid = 1002,
		.ses = 7,
		.cap_sys_module = 1,
		.has_tty = 1,
		.ancestor_count = 2,
		.pid_ns = 11,
		.mnt_ns = 12,
		.user_ns = 13,
		.start_time = 5000000000,
		.exe = made_path(made, "usr/bin/kmod"),
		.exe_file = { .inode = 43, .dev = 254 << 20 | 1 },
		.argv = made_bytes(made, "insmod\0x.ko", sizeof("insmod\0x.ko")),
		.cwd = made_path(made, "root"),
		.root = made_path(made, ""),
		.cgroup = made_path(made, "user.slice/a.scope"),
		.ancestors = {
			{ .pid = 900, .comm = "bash", .exe = made_path(made, "usr/bin/bash"),
			  .exe_file = { .inode = 44, .dev = 254 << 20 | 2, .deleted = 1 } },
			{ .pid = 1, .comm = "systemd" },
		},
		.tty = "pts0",
	};
}

static void fill_call(struct call *call)
{
	*call = (struct call) {
		.duration_ns = 1234,
		.module_call = CALL_FINIT_MODULE,
		.abi = ABI_X86_64,
		.read_done = 1,
		.module_seen = 1,
		.name_read = 0,
		.params_copied = 1,
		.image_size = 4096,
		.name = "x_image",
	};
}

static void fill_source(struct made *made, struct source_file *source)
{
	*source = (struct source_file) {
		.inode = 42,
		.size = 4096,
		.mtime_sec = 1700000000,
		.mtime_nsec = 500,
		.ctime_sec = 1700000001,
		.ctime_nsec = 600,
		.dev = 8 << 20 | 1,
		.present = 1,
		.type = FILE_REGULAR,
		.path = made_path(made, "lib/modules/x.ko"),
		.fs = "ext4",
	};
}

static void fill_module(struct made *made, uint32_t state)
{
	made->record.module.module = (struct module_info) {
		.address = 0xffffffffc0000000,
		.taints = 1 << 12 | 1 << 13,
		.size = 16384,
		.state = state,
		.version = made_string(made, "1.0"),
		.srcversion = made_string(made, "A1B2"),
		.name = "x",
		.license_read = 1,
		.license = "GPL v2",
	};
}

void made_sample(struct made *made, enum record_kind kind, uint32_t tid, uint64_t attempt)
{
	enum { LIVE = 0, COMING = 1, GOING = 2 }; /* enum module_state */

	made_begin(made, kind, tid, attempt);
	switch (kind) {
	case RECORD_TOOL_EXEC:
		fill_subject(made);
		made->record.tool_exec.tool = TOOL_INSMOD;
		made->record.tool_exec.matched_by = MATCHED_BY_NAME;
		made->record.tool_exec.path = made_string(made, "/sbin/insmod");
		break;
	case RECORD_MODULE_REQUEST:
		fill_subject(made);
		made->record.module_request.alias = made_string(made, "net-pf-10");
		made->record.module_request.wait = 1;
		break;
	case RECORD_ATTEMPT:
		fill_subject(made);
		fill_source(made, &made->record.attempt.source);
		made->record.attempt.module_call = CALL_FINIT_MODULE;
		break;
	case RECORD_MODULE_COMING:
		fill_module(made, COMING);
		break;
	case RECORD_MODULE_LIVE:
		fill_module(made, LIVE);
		break;
	case RECORD_MODULE_FREE:
		fill_module(made, GOING);
		break;
	case RECORD_BRIEF:
		made->record.brief.of_kind = RECORD_MODULE_COMING;
		made->record.brief.address = 0xffffffffc0000000;
		strcpy(made->record.brief.name, "x");
		break;
	case RECORD_MODULE_PARAMS:
		made->record.module_params.params = made_string(made, "a=1 b=2");
		break;
	case RECORD_MODULE_SIGNATURE:
		made->record.module_signature.appended = made_bytes(made, "no signature", 12);
		break;
	case RECORD_CALL_DONE:
	case RECORD_CALL_RETURN:
		fill_call(&made->record.call_return.call);
		break;
	case RECORD_CALL_ALONE:
		fill_subject(made);
		fill_source(made, &made->record.call_alone.source);
		made->record.call_alone.call = (struct call) {
			.ret = -1,
			.module_call = CALL_FINIT_MODULE,
			.abi = ABI_X86_64,
			.params = made_string(made, "a=1"),
		};
		break;
	case RECORD_CANARY:
		made->record.canary.nonce = 1;
		break;
	case RECORD_MONITOR_TOUCHED:
		fill_subject(made);
		made->record.monitor_touched.object = OBJECT_MAP;
		strcpy(made->record.monitor_touched.name, "control");
		break;
	case RECORD_AUDIT_CHANGED:
	case RECORD_KINDS:
		break;
	}
}
