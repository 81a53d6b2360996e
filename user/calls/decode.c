// SPDX-License-Identifier: BSD-2-Clause
#include "decode.h"
#include "container.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text decode_text(struct decode_buffer *buffer, const char *format, ...)
{
	char *at = buffer->bytes + buffer->used;
	size_t room = sizeof(buffer->bytes) - buffer->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(at, room, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= room)
		return TEXT_UNKNOWN;
	buffer->used += n + 1;
	return (struct text) { .known = KNOWN, .bytes = at, .size = n };
}

struct text decode_id(const struct record_header *header, struct decode_buffer *buffer)
{
	buffer->used = 0;
	return decode_text(buffer, "%llx-%x", (unsigned long long)header->time, header->cpu);
}

/* A fixed field of a record: its bytes up to the first NUL, or all of them. */
static struct text fixed_text(const char *bytes, size_t size)
{
	return (struct text) { .known = KNOWN, .bytes = bytes, .size = strnlen(bytes, size) };
}

/*
 * A path came as its components from the leaf up, each with a NUL; put in order it is one byte shorter or as long:
 * a slash before each. A walk that was cut has lost its upper end, so nothing stands before the first component.
 */
static struct text decode_path(const struct record_view *view, const struct span *span, struct decode_buffer *buffer)
{
	struct text parts = record_text(view, span);
	size_t end, start;
	char *out;

	if (parts.known != KNOWN)
		return parts;
	if (parts.size == 0) {
		parts.bytes = "/";
		parts.size = 1;
		return parts;
	}
	if (parts.size + 1 > sizeof(buffer->bytes) - buffer->used)
		return TEXT_UNKNOWN;
	out = buffer->bytes + buffer->used;
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
	buffer->used += parts.size;
	parts.bytes = out + start;
	parts.size -= start;
	return parts;
}

/* Of what is said where it is so, and not where it is not. */
static struct number true_if(bool so)
{
	return so ? number_of(true) : (struct number) { 0 };
}

static struct number is_foreign(const struct span *span)
{
	return true_if(span->place & PLACE_FOREIGN);
}

/* The root of the mount namespace leads nowhere else: it is "/", and no other's. */
static struct text decode_root(const struct record_view *view, const struct span *span, struct decode_buffer *buffer)
{
	struct text path = decode_path(view, span, buffer);
	bool is_usual = path.known == KNOWN && path.size == 1 && !span->detached && !span->place;

	return is_usual ? (struct text) { 0 } : path;
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

static char *put_digits(char *at, uint32_t value)
{
	char digits[10];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + value % 10);
	while (value /= 10);
	while (count)
		*at++ = digits[--count];
	return at;
}

/* The kernel's dev_t: 12 bits of major, 20 of minor. By hand: a line has it ten times, and printf() takes as long. */
static struct text dev_text(uint32_t dev, struct decode_buffer *buffer)
{
	enum { LONGEST = sizeof("4095:1048575") };
	char *start = buffer->bytes + buffer->used, *at = start;

	if (sizeof(buffer->bytes) - buffer->used < LONGEST)
		return TEXT_UNKNOWN;
	at = put_digits(at, dev >> 20);
	*at++ = ':';
	at = put_digits(at, dev & 0xfffff);
	buffer->used += at - start;
	return (struct text) { .known = KNOWN, .bytes = start, .size = at - start };
}

/* What is known of an executed file beside its path is known, unknown or absent as the path is. */
static struct exe_file_part decode_exe_file(const struct exe_file *file, enum known known, struct decode_buffer *buffer)
{
	if (known != KNOWN)
		return (struct exe_file_part) { .known = known };
	return (struct exe_file_part) {
		.known = KNOWN,
		.dev = dev_text(file->dev, buffer),
		.inode = number_of(file->inode),
		.deleted = number_of(file->deleted),
	};
}

static void decode_ancestors(const struct record_view *view, const struct subject *subject,
			     struct decode_buffer *buffer, struct list *list)
{
	size_t count = subject->ancestor_count;

	if (count > ANCESTORS_MAX)
		count = ANCESTORS_MAX;
	for (size_t i = 0; i < count; i++) {
		const struct ancestor *from = &subject->ancestors[i];
		struct text exe = decode_path(view, &from->exe, buffer);

		buffer->ancestors[i] = (struct ancestor_part) {
			.known = KNOWN,
			.pid = number_of(from->pid),
			.comm = fixed_text(from->comm, sizeof(from->comm)),
			.exe = exe,
			.deleted = { .known = exe.known, .value = from->exe_file.deleted },
		};
	}
	*list = (struct list) { .known = KNOWN, .count = count, .items = buffer->ancestors };
}

/* Outside of a container it is null, as where the cgroup is not known. */
static struct container_part decode_container(const struct text *cgroup, struct decode_buffer *buffer)
{
	char id[CONTAINER_ID_MAX];
	const char *runtime = NULL;
	size_t size = cgroup->known == KNOWN ? container_find(cgroup->bytes, cgroup->size, id, &runtime) : 0;

	if (!size)
		return (struct container_part) { .known = UNKNOWN };
	return (struct container_part) {
		.known = KNOWN,
		.id = decode_text(buffer, "%.*s", (int)size, id),
		.runtime = text_of(runtime),
	};
}

static struct text decode_argv(const struct record_view *view, const struct subject *subject)
{
	struct text argv = record_text(view, &subject->argv);

	argv.length = subject->argv_length;
	argv.gap = argv.truncated && subject->argv_gap < argv.size ? subject->argv_gap : 0;
	return argv;
}

/* The parent may end while the record is made: then it is the nearest ancestor, as that was read. */
static uint32_t parent_of(const struct subject *subject)
{
	return subject->ancestor_count ? subject->ancestors[0].pid : subject->ppid;
}

void decode_process(const struct record_view *view, const struct subject *subject, uint64_t boot_offset,
		    struct decode_buffer *buffer, struct process *process)
{
	const struct record_header *header = &view->record->header;
	struct text exe = decode_path(view, &subject->exe, buffer);

	if (subject->unread) {
		decode_bare_process(header, process);
		return;
	}
	*process = (struct process){
		.known = KNOWN,
		.pid = number_of(header->pid),
		.tid = number_of(header->tid),
		.ppid = number_of(parent_of(subject)),
		.comm = fixed_text(header->comm, sizeof(header->comm)),
		.exe = exe,
		.exe_file = decode_exe_file(&subject->exe_file, exe.known, buffer),
		.exe_foreign = is_foreign(&subject->exe),
		.argv = decode_argv(view, subject),
		.cwd = decode_path(view, &subject->cwd, buffer),
		.cwd_deleted = true_if(subject->cwd_deleted),
		.cwd_foreign = is_foreign(&subject->cwd),
		.root = decode_root(view, &subject->root, buffer),
		.root_foreign = is_foreign(&subject->root),
		.uid = number_of(subject->uid),
		.gid = number_of(subject->gid),
		.euid = number_of(subject->euid),
		.egid = number_of(subject->egid),
		.auid = unset_or(subject->auid),
		.ses = unset_or(subject->ses),
		.cap_sys_module = number_of(subject->cap_sys_module),
		.kthread = number_of(subject->is_kthread),
		.start_time = number_of(subject->start_time + boot_offset),
		.cgroup = decode_path(view, &subject->cgroup, buffer),
		.ns = {
			.known = KNOWN,
			.pid = inode_or_unknown(subject->pid_ns),
			.mnt = inode_or_unknown(subject->mnt_ns),
			.user = inode_or_unknown(subject->user_ns),
		},
	};
	if (subject->has_tty)
		process->tty = fixed_text(subject->tty, sizeof(subject->tty));
	process->container = decode_container(&process->cgroup, buffer);
	decode_ancestors(view, subject, buffer, &process->ancestors);
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
		.exe_file = { .known = UNKNOWN },
		.argv = TEXT_UNKNOWN,
		.cwd = TEXT_UNKNOWN,
		.root = TEXT_UNKNOWN,
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
		.container = { .known = UNKNOWN },
		.ns = { .known = UNKNOWN },
		.ancestors = { .known = UNKNOWN },
	};
}

/* Anyone can set a file's time to what ns since 1970 cannot say. */
static struct number time_of(int64_t sec, uint32_t nsec)
{
	if (sec < 0 || (uint64_t)sec >= UINT64_MAX / 1000000000)
		return NUMBER_UNKNOWN;
	return number_of((uint64_t)sec * 1000000000 + nsec);
}

/* What the kernel itself made goes by a name of the kernel's: memfd:NAME, [eventfd], or none, where it has only a
 * number. */
static const char *source_kind(const struct source_file *source, const struct text *path)
{
	static const char memfd[] = "/memfd:";
	bool is_own = source->path.detached == DETACHED_FILE;

	if (source->type == FILE_PIPE)
		return "pipe";
	if (source->type != FILE_REGULAR)
		return "other";
	if (!is_own)
		return source->unlinked ? "deleted" : "file";
	return path->known == KNOWN && path->size >= strlen(memfd) && !memcmp(path->bytes, memfd, strlen(memfd))
		   ? "memfd"
		   : "other";
}

/* What the kernel makes has a name only where it needs one: a socket goes by its protocol, a pipe by "", a namespace by
 * "/". */
static bool has_path(const struct source_file *source, const struct text *path)
{
	if (source->path.detached != DETACHED_FILE || path->known != KNOWN)
		return true;
	for (size_t i = 0; i < path->size; i++)
		if (path->bytes[i] != '/')
			return source->type != FILE_SOCKET;
	return false;
}

static struct number is_covered(const struct span *span)
{
	return span->place & PLACE_COVER_UNKNOWN ? NUMBER_UNKNOWN : true_if(span->place & PLACE_COVERED);
}

void decode_source(const struct record_view *view, const struct source_file *source, struct decode_buffer *buffer,
		   struct source_part *part)
{
	struct text path = decode_path(view, &source->path, buffer);

	*part = (struct source_part) {
		.known = KNOWN,
		.kind = text_of(source_kind(source, &path)),
		.path = has_path(source, &path) ? path : (struct text) { 0 },
		.path_foreign = is_foreign(&source->path),
		.path_covered = is_covered(&source->path),
		.dev = dev_text(source->dev, buffer),
		.inode = number_of(source->inode),
		.size = number_of(source->size),
		.mtime = time_of(source->mtime_sec, source->mtime_nsec),
		.ctime = time_of(source->ctime_sec, source->ctime_nsec),
		.fs = fixed_text(source->fs, sizeof(source->fs)),
	};
}

static const char *module_state_name(uint32_t state)
{
	static const char *const names[] = { "live", "coming", "going", "unformed" }; /* enum module_state */

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : NULL;
}

/* Absent: the image says nothing of it. */
static struct text license_text(bool is_read, const char license[static LICENSE_SIZE])
{
	struct text text = fixed_text(license, LICENSE_SIZE);

	if (!is_read)
		return TEXT_UNKNOWN;
	text.truncated = text.size == LICENSE_SIZE - 1;
	return text.size ? text : (struct text) { .known = ABSENT };
}

void decode_module(const struct record_view *view, const struct module_info *info, struct decode_buffer *buffer,
		   struct module_part *part)
{
	*part = (struct module_part) {
		.known = KNOWN,
		.name = fixed_text(info->name, sizeof(info->name)),
		.version = record_text(view, &info->version),
		.srcversion = record_text(view, &info->srcversion),
		.is_signed = info->sig_ok < 0 ? NUMBER_UNKNOWN : number_of(info->sig_ok),
		.size = number_of(info->size),
		.state = text_of(module_state_name(info->state)),
		.license = license_text(info->license_read, info->license),
	};
	taints_of_bits(info->taints, &buffer->taints);
	taints_show(&buffer->taints, part);
}

void decode_called_module(const struct call *call, struct module_part *part)
{
	bool deletes = call->module_call == CALL_DELETE_MODULE;

	*part = (struct module_part) { .known = KNOWN, .name = TEXT_UNKNOWN };
	if (call->read_done)
		part->license = license_text(call->license_read, call->license);
	/* "" is a name that nobody gave; a delete_module("") is shown as it was */
	if (call->name[0] || (deletes && call->name_read)) {
		part->name = fixed_text(call->name, sizeof(call->name));
		part->name_from = text_of(deletes ? "caller" : "image");
	}
}

const char *decode_object(enum object object)
{
	switch (object) {
	case OBJECT_MAP:
		return "map";
	case OBJECT_PROGRAM:
		return "program";
	case OBJECT_LINK:
		return "link";
	case OBJECT_EXTENSION:
		return "extension";
	}
	return NULL;
}
