// SPDX-License-Identifier: BSD-2-Clause
#include "decode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
	case RECORD_MODULE_FREE:
		return sizeof(struct module_record);
	case RECORD_MODULE_PARAMS:
		return sizeof(struct module_params_record);
	case RECORD_CALL_RETURN:
		return sizeof(struct call_return_record);
	case RECORD_CALL_ALONE:
		return sizeof(struct call_alone_record);
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

/* Text that is made up here; the arena is sized so that it always fits, and what would not is unknown. */
static struct text arena_text(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
static struct text arena_text(struct arena *arena, const char *format, ...)
{
	char *at = arena->bytes + arena->used;
	size_t room = sizeof(arena->bytes) - arena->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(at, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		return TEXT_UNKNOWN;
	arena->used += n + 1;
	return (struct text) { .known = KNOWN, .bytes = at, .size = n };
}

/* A fixed field of a record: its bytes up to the first NUL, or all of them. */
static struct text fixed_text(const char *bytes, size_t size)
{
	return (struct text) { .known = KNOWN, .bytes = bytes, .size = strnlen(bytes, size) };
}

struct text decode_text(const struct record_view *view, const struct span *span)
{
	struct text text = { 0 };

	if (span->state == SPAN_ABSENT)
		return text;
	text.known = UNKNOWN;
	text.truncated = span->cut;
	if (span->state != SPAN_KNOWN || (size_t)span->offset + span->size > view->record->header.text_size)
		return text;
	text.known = KNOWN;
	text.bytes = view->text + span->offset;
	text.size = span->size;
	return text;
}

/*
 * A path came as its components from the leaf up, each with a NUL; put in order it is one byte shorter or as long:
 * a slash before each. A walk that was cut has lost its upper end, so nothing stands before the first component.
 */
static struct text decode_path(const struct record_view *view, const struct span *span, struct arena *arena)
{
	struct text parts = decode_text(view, span);
	size_t end, start;
	char *out;

	if (parts.known != KNOWN)
		return parts;
	if (parts.size == 0)
		return arena_text(arena, "/");
	if (parts.size + 1 > sizeof(arena->bytes) - arena->used)
		return TEXT_UNKNOWN;
	out = arena->bytes + arena->used;
	end = parts.size; /* of the path as built from its right end */
	for (size_t i = 0; i < parts.size;) {
		size_t length = strnlen(parts.bytes + i, parts.size - i);

		if (length + 1 > end)
			return TEXT_UNKNOWN;
		end -= length;
		memcpy(out + end, parts.bytes + i, length);
		out[--end] = '/';
		i += length + 1;
	}
	start = end + (parts.truncated ? 1 : 0);
	arena->used += parts.size;
	parts.bytes = out + start;
	parts.size -= start;
	return parts;
}

static struct number unset_or(uint32_t id)
{
	return id == (uint32_t)-1 ? NUMBER_UNKNOWN : number_of(id);
}

/* Inode numbers of namespaces are never 0: that is a read that failed. */
static struct number inode_or_unknown(uint32_t inode)
{
	return inode ? number_of(inode) : NUMBER_UNKNOWN;
}

static void decode_ancestors(const struct record_view *view, const struct subject *subject, struct arena *arena,
			     struct list *list)
{
	size_t count = subject->ancestor_count;

	if (count > ANCESTORS_MAX)
		count = ANCESTORS_MAX;
	for (size_t i = 0; i < count; i++) {
		const struct ancestor *from = &subject->ancestors[i];

		arena->ancestors[i] = (struct ancestor_part) {
			.known = KNOWN,
			.pid = number_of(from->pid),
			.comm = fixed_text(from->comm, sizeof(from->comm)),
			.exe = decode_path(view, &from->exe, arena),
		};
	}
	*list = (struct list) { .known = KNOWN, .count = count, .items = arena->ancestors };
}

void decode_process(const struct record_view *view, const struct subject *subject, uint64_t boot_offset,
		    struct arena *arena, struct process *process)
{
	const struct record_header *header = &view->record->header;

	*process = (struct process){
		.known = KNOWN,
		.pid = number_of(header->pid),
		.tid = number_of(header->tid),
		.ppid = number_of(subject->ppid),
		.comm = fixed_text(header->comm, sizeof(header->comm)),
		.exe = decode_path(view, &subject->exe, arena),
		.argv = decode_text(view, &subject->argv),
		.cwd = decode_path(view, &subject->cwd, arena),
		.uid = number_of(subject->uid),
		.gid = number_of(subject->gid),
		.euid = number_of(subject->euid),
		.egid = number_of(subject->egid),
		.auid = unset_or(subject->auid),
		.ses = unset_or(subject->ses),
		.cap_sys_module = number_of(subject->cap_sys_module),
		.kthread = number_of(subject->is_kthread),
		.start_time = number_of(subject->start_time + boot_offset),
		.cgroup = decode_path(view, &subject->cgroup, arena),
		.ns = {
			.known = KNOWN,
			.pid = inode_or_unknown(subject->pid_ns),
			.mnt = inode_or_unknown(subject->mnt_ns),
			.user = inode_or_unknown(subject->user_ns),
		},
	};
	if (subject->has_tty)
		process->tty = fixed_text(subject->tty, sizeof(subject->tty));
	decode_ancestors(view, subject, arena, &process->ancestors);
}

void decode_bare_process(const struct record_header *header, struct process *process)
{
	*process = (struct process) {
		.known = KNOWN,
		.pid = number_of(header->pid),
		.tid = number_of(header->tid),
		.ppid = NUMBER_UNKNOWN,
		.comm = fixed_text(header->comm, sizeof(header->comm)),
		.exe = TEXT_UNKNOWN,
		.argv = TEXT_UNKNOWN,
		.cwd = TEXT_UNKNOWN,
		.uid = number_of(header->uid),
		.gid = NUMBER_UNKNOWN,
		.euid = NUMBER_UNKNOWN,
		.egid = NUMBER_UNKNOWN,
		.auid = NUMBER_UNKNOWN,
		.ses = NUMBER_UNKNOWN,
		.tty = TEXT_UNKNOWN,
		.cap_sys_module = NUMBER_UNKNOWN,
		.kthread = NUMBER_UNKNOWN,
		.start_time = NUMBER_UNKNOWN,
		.cgroup = TEXT_UNKNOWN,
		.ns = { .known = UNKNOWN },
		.ancestors = { .known = UNKNOWN },
	};
}

void decode_source(const struct record_view *view, const struct source_file *source, struct arena *arena,
		   struct source_part *part)
{
	static const char memfd[] = "/memfd:";
	struct text path = decode_path(view, &source->path, arena);
	const char *kind = source->unlinked ? "deleted" : "file";

	if (source->path.detached && path.known == KNOWN && path.size >= strlen(memfd) &&
	    !memcmp(path.bytes, memfd, strlen(memfd)))
		kind = "memfd";
	*part = (struct source_part) {
		.known = KNOWN,
		.kind = text_of(kind),
		.path = path,
		/* the kernel's dev_t: 12 bits of major, 20 of minor */
		.dev = arena_text(arena, "%u:%u", source->dev >> 20, source->dev & 0xfffff),
		.inode = number_of(source->inode),
		.size = number_of(source->size),
		.mtime = number_of((uint64_t)source->mtime_sec * 1000000000 + source->mtime_nsec),
		.fs = fixed_text(source->fs, sizeof(source->fs)),
	};
}

/* A bit's number is its place in the kernel's taint_flags[]; letters as `%pM`'s module_flags_taint() prints them. */
static const struct {
	uint8_t bit;
	char letter[2];
	const char *meaning;
} taint_table[] = {
	{ 0, "P", "proprietary" }, { 12, "O", "out-of-tree" }, { 1, "F", "forced" },	 { 10, "C", "staging" },
	{ 13, "E", "unsigned" },   { 15, "K", "livepatch" },   { 16, "X", "auxiliary" }, { 18, "N", "test" },
};

enum { TAINTS = sizeof(taint_table) / sizeof(taint_table[0]) };

static void add_taint(struct arena *arena, struct module_part *part, const char *meaning)
{
	if (part->taint_names.count < sizeof(arena->taints) / sizeof(arena->taints[0]))
		arena->taints[part->taint_names.count++] = text_of(meaning);
}

void taints_of_letters(const char *letters, struct arena *arena, struct module_part *part)
{
	part->taints = arena_text(arena, "%s", letters);
	part->taint_names = (struct list) { .known = KNOWN, .items = arena->taints };
	for (const char *c = letters; *c; c++) {
		const char *meaning = "unknown";

		for (size_t i = 0; i < TAINTS; i++)
			if (taint_table[i].letter[0] == *c)
				meaning = taint_table[i].meaning;
		add_taint(arena, part, meaning);
	}
}

void taints_of_bits(uint64_t bits, struct arena *arena, struct module_part *part)
{
	char letters[65] = "";

	/* in the order of the bits, as the kernel prints them */
	for (uint8_t bit = 0; bit < 64; bit++) {
		const char *letter = "?";

		if (!(bits >> bit & 1))
			continue;
		for (size_t i = 0; i < TAINTS; i++)
			if (taint_table[i].bit == bit)
				letter = taint_table[i].letter;
		strcat(letters, letter);
	}
	taints_of_letters(letters, arena, part);
}

static const char *module_state_name(uint32_t state)
{
	static const char *const names[] = { "live", "coming", "going", "unformed" }; /* enum module_state */

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}

void decode_module(const struct record_view *view, const struct module_info *info, struct arena *arena,
		   struct module_part *part)
{
	*part = (struct module_part) {
		.known = KNOWN,
		.name = fixed_text(info->name, sizeof(info->name)),
		.version = decode_text(view, &info->version),
		.srcversion = decode_text(view, &info->srcversion),
		.is_signed = info->sig_ok < 0 ? NUMBER_UNKNOWN : number_of(info->sig_ok),
		.size = number_of(info->size),
		.state = text_of(module_state_name(info->state)),
	};
	taints_of_bits(info->taints, arena, part);
}

void decode_called_module(const struct call *call, struct module_part *part)
{
	bool deletes = call->module_call == CALL_DELETE_MODULE;

	*part = (struct module_part) { .known = KNOWN, .name = TEXT_UNKNOWN };
	/* "" is a name that nobody gave; a delete_module("") is shown as it was */
	if (call->name[0] || (deletes && call->name_read)) {
		part->name = fixed_text(call->name, sizeof(call->name));
		part->name_from = text_of(deletes ? "caller" : "image");
	}
}

static const char *call_name(uint8_t module_call)
{
	switch (module_call) {
	case CALL_INIT_MODULE:
		return "init_module";
	case CALL_FINIT_MODULE:
		return "finit_module";
	case CALL_DELETE_MODULE:
		return "delete_module";
	}
	return NULL;
}

static const char *abi_name(uint8_t abi)
{
	static const char *const names[] = {
		[ABI_X86_64] = "x86_64",   [ABI_I386] = "i386", [ABI_X32] = "x32",
		[ABI_AARCH64] = "aarch64", [ABI_ARM] = "arm",
	};

	return abi < sizeof(names) / sizeof(names[0]) ? names[abi] : NULL;
}

/* Names for the bits that have one, `0x…` for each other bit. */
static void decode_flags(const struct call *call, struct arena *arena, struct list *list)
{
	static const struct {
		uint8_t module_call;
		uint32_t bit;
		const char *name;
	} names[] = {
		{ CALL_FINIT_MODULE, 1, "IGNORE_MODVERSIONS" }, /* uapi/linux/module.h */
		{ CALL_FINIT_MODULE, 2, "IGNORE_VERMAGIC" },	  { CALL_FINIT_MODULE, 4, "COMPRESSED_FILE" },
		{ CALL_DELETE_MODULE, O_NONBLOCK, "O_NONBLOCK" }, { CALL_DELETE_MODULE, O_TRUNC, "O_TRUNC" },
	};

	*list = (struct list) { .known = KNOWN, .items = arena->flags };
	for (uint32_t shift = 0; shift < 32; shift++) {
		uint32_t bit = 1u << shift;
		struct text *text = &arena->flags[list->count];

		if (!(call->flags & bit))
			continue;
		text->known = ABSENT;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (names[i].module_call == call->module_call && names[i].bit == bit)
				*text = text_of(names[i].name);
		if (text->known == ABSENT)
			*text = arena_text(arena, "0x%x", bit);
		list->count++;
	}
}

void decode_call(const struct call *call, struct arena *arena, struct syscall_part *part)
{
	*part = (struct syscall_part) {
		.known = KNOWN,
		.name = text_of(call_name(call->module_call)),
		.abi = text_of(abi_name(call->abi)),
		.ret = number_of((uint64_t)call->ret),
	};
	if (call->ret < 0) {
		const char *name = strerrorname_np((int)-call->ret);

		part->errno_name = name ? text_of(name) : arena_text(arena, "%lld", (long long)-call->ret);
	}
	if (call->duration_ns)
		part->duration_ns = number_of(call->duration_ns);
	if (call->module_call != CALL_INIT_MODULE)
		decode_flags(call, arena, &part->flags);
}
