// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/calls/decode.h"
#include "records.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static struct made made;
static struct decode_buffer buffer;

static struct record_view viewed(void)
{
	struct record_view view;

	buffer.used = 0;
	assert_int_equal(record_view(&made, made_finish(&made), &view), 0);
	return view;
}

static struct process process_of_made(void)
{
	struct record_view view = viewed();
	struct process process;

	decode_process(&view, made_subject(&made), 1000, &buffer, &process);
	return process;
}

static struct source_part source_of_made(void)
{
	struct record_view view = viewed();
	struct source_part source;

	decode_source(&view, &made.record.attempt.source, &buffer, &source);
	return source;
}

static void paths(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool cut;
		const char *path; /* NULL: unknown */
	} rows[] = {
		{ BYTES(""), false, "/" },
		{ BYTES("a\0"), false, "/a" },
		{ BYTES("kmod\0bin\0usr\0"), false, "/usr/bin/kmod" },
		{ BYTES("kmod\0bin\0"), true, "bin/kmod" },
		{ BYTES("kmod\0"), true, "kmod" },
		{ BYTES("\xff\n\0 \0"), false, "/ /\xff\n" },
		{ BYTES("kmod\0bin"), false, NULL },
		{ BYTES("a"), false, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text exe;

		made_begin(&made, RECORD_ATTEMPT, 7, 1);
		made_bytes(&made, "before", 6);
		made_subject(&made)->exe = made_bytes(&made, rows[i].bytes, rows[i].size);
		made_subject(&made)->exe.cut = rows[i].cut;
		exe = process_of_made().exe;
		if (!rows[i].path)
			assert_known(exe, UNKNOWN);
		else if (rows[i].cut)
			assert_cut_text(exe, rows[i].path);
		else
			assert_text(exe, rows[i].path);
	}
}

/* A walk that found no room for its first component is not the root. */
static void path_cut_before_first(void **state)
{
	struct text exe;

	made_begin(&made, RECORD_ATTEMPT, 7, 1);
	made_subject(&made)->exe = (struct span) { .state = SPAN_KNOWN, .cut = 1 };
	exe = process_of_made().exe;
	assert_true(exe.known == UNKNOWN || exe.truncated);
}

/* The longest that the kernel side sends: the buffer must have room for them all. */
static void long_paths(void **state)
{
	static char path[TEXT_MAX];
	struct process process;
	struct span span;

	memset(path, 'p', sizeof(path));
	for (size_t i = 200; i < sizeof(path); i += 201)
		path[i] = '/';
	path[sizeof(path) - 2] = '\0';
	made_begin(&made, RECORD_ATTEMPT, 7, 1);
	span = made_path(&made, path);
	made_subject(&made)->exe = made_subject(&made)->cwd = made_subject(&made)->cgroup = span;
	process = process_of_made();
	assert_int_equal(process.exe.size, strlen(path) + 1);
	assert_memory_equal(process.exe.bytes + 1, path, strlen(path));
	assert_memory_equal(process.cwd.bytes + 1, path, strlen(path));
	assert_memory_equal(process.cgroup.bytes + 1, path, strlen(path));
}

static void long_arguments(void **state)
{
	static char bytes[TEXT_MAX];
	struct process process;

	memset(bytes, 'a', sizeof(bytes));
	bytes[sizeof(bytes) - ARGV_TAIL - 1] = '\0';
	made_begin(&made, RECORD_ATTEMPT, 7, 1);
	made_subject(&made)->argv = made_bytes(&made, bytes, sizeof(bytes));
	made_subject(&made)->argv.cut = 1;
	made_subject(&made)->argv_length = 100000;
	made_subject(&made)->argv_gap = sizeof(bytes) - ARGV_TAIL;
	process = process_of_made();
	assert_true(process.argv.truncated);
	assert_int_equal(process.argv.length, 100000);
	assert_int_equal(process.argv.gap, 3072);
	made_subject(&made)->argv_gap = UINT32_MAX; /* whatever stands in the ring */
	assert_int_equal(process_of_made().argv.gap, 0);
}

/* It ended while the record was made. */
static void parent_that_ends(void **state)
{
	made_sample(&made, RECORD_ATTEMPT, 7, 1);
	made_subject(&made)->ancestors[0].pid = 1;
	assert_number(process_of_made().ppid, 1);
	made_subject(&made)->ancestor_count = 0;
	assert_number(process_of_made().ppid, 900);
}

static void whole_process(void **state)
{
	const struct ancestor_part *ancestors;
	struct process process;

	made_sample(&made, RECORD_ATTEMPT, 7, 1);
	process = process_of_made();
	assert_known(process, KNOWN);
	assert_number(process.pid, 6);
	assert_number(process.tid, 7);
	assert_number(process.ppid, 900);
	assert_text(process.comm, "insmod");
	assert_text(process.exe, "/usr/bin/kmod");
	assert_text(process.exe_file.dev, "254:1");
	assert_number(process.exe_file.inode, 43);
	assert_number(process.exe_file.deleted, 0);
	assert_known(process.argv, KNOWN);
	assert_int_equal(process.argv.size, 12);
	assert_memory_equal(process.argv.bytes, "insmod\0x.ko", 12);
	assert_text(process.cwd, "/root");
	assert_number(process.uid, 1000);
	assert_number(process.gid, 1001);
	assert_number(process.euid, 0);
	assert_number(process.egid, 5);
	assert_number(process.auid, 1002);
	assert_number(process.ses, 7);
	assert_text(process.tty, "pts0");
	assert_number(process.cap_sys_module, 1);
	assert_number(process.kthread, 0);
	assert_number(process.start_time, 5000001000);
	assert_text(process.cgroup, "/user.slice/a.scope");
	assert_number(process.ns.pid, 11);
	assert_number(process.ns.mnt, 12);
	assert_number(process.ns.user, 13);
	assert_int_equal(process.ancestors.count, 2);
	ancestors = process.ancestors.items;
	assert_number(ancestors[0].pid, 900);
	assert_text(ancestors[0].comm, "bash");
	assert_text(ancestors[0].exe, "/usr/bin/bash");
	assert_number(ancestors[0].deleted, 1);
	assert_text(ancestors[1].comm, "systemd");
	assert_known(ancestors[1].exe, ABSENT);
	assert_known(ancestors[1].deleted, ABSENT);
}

static void process_without(void **state)
{
	struct subject *subject = made_subject(&made);
	const struct ancestor_part *ancestors;
	struct process process;

	made_sample(&made, RECORD_ATTEMPT, 7, 1);
	subject->auid = subject->ses = UINT32_MAX;
	subject->has_tty = 0;
	subject->pid_ns = subject->mnt_ns = subject->user_ns = 0;
	subject->argv.state = SPAN_ABSENT;
	subject->cwd.state = SPAN_UNKNOWN;
	subject->exe.state = SPAN_UNKNOWN;
	subject->ancestors[0].exe.state = SPAN_UNKNOWN;
	subject->ancestor_count = 255;
	memset(made.record.header.comm, 'c', COMM_SIZE);
	process = process_of_made();
	assert_known(process.auid, UNKNOWN);
	assert_known(process.ses, UNKNOWN);
	assert_known(process.tty, ABSENT);
	assert_known(process.ns, KNOWN);
	assert_known(process.ns.pid, UNKNOWN);
	assert_known(process.ns.mnt, UNKNOWN);
	assert_known(process.ns.user, UNKNOWN);
	assert_known(process.argv, ABSENT);
	assert_known(process.cwd, UNKNOWN);
	assert_known(process.exe_file, UNKNOWN);
	assert_int_equal(process.ancestors.count, ANCESTORS_MAX);
	ancestors = process.ancestors.items;
	assert_known(ancestors[0].deleted, UNKNOWN);
	assert_text(process.comm, "cccccccccccccccc");
}

static void bare_process(void **state)
{
	struct process process;

	made_begin(&made, RECORD_CALL_RETURN, 7, 1);
	decode_bare_process(&made.record.header, &process);
	assert_number(process.pid, 6);
	assert_number(process.tid, 7);
	assert_number(process.uid, 1000);
	assert_text(process.comm, "insmod");
	assert_known(process.exe, UNKNOWN);
	assert_known(process.exe_file, UNKNOWN);
	assert_known(process.argv, UNKNOWN);
	assert_known(process.auid, UNKNOWN);
	assert_known(process.cap_sys_module, UNKNOWN);
	assert_known(process.ns, UNKNOWN);
	assert_known(process.ancestors, UNKNOWN);
}

static void sources(void **state)
{
	static const struct {
		const char *path;
		uint8_t type, detached, unlinked;
		const char *kind, *shown; /* shown NULL: there is no path */
	} rows[] = {
		{ "lib/x.ko", FILE_REGULAR, 0, 0, "file", "/lib/x.ko" },
		{ "tmp/x.ko", FILE_REGULAR, 0, 1, "deleted", "/tmp/x.ko" },
		{ "memfd:x", FILE_REGULAR, DETACHED_FILE, 0, "memfd", "/memfd:x" },
		{ "memfd:", FILE_REGULAR, DETACHED_FILE, 0, "memfd", "/memfd:" },
		/* a tree that was unmounted can hold any name */
		{ "memfd:x", FILE_REGULAR, DETACHED_TREE, 0, "file", "/memfd:x" },
		{ "memfd:x", FILE_REGULAR, 0, 0, "file", "/memfd:x" },
		{ "memfd", FILE_REGULAR, DETACHED_TREE, 0, "file", "/memfd" },
		{ "a/memfd:x", FILE_REGULAR, DETACHED_TREE, 0, "file", "/a/memfd:x" },
		/* what the kernel made: an anonymous inode's mode has no type before 6.17 or so, then a regular file's
		 */
		{ "SYSV00000000", FILE_REGULAR, DETACHED_FILE, 0, "other", "/SYSV00000000" },
		{ "[eventfd]", 0, DETACHED_FILE, 0, "other", "/[eventfd]" },
		{ "[eventfd]", FILE_REGULAR, DETACHED_FILE, 0, "other", "/[eventfd]" },
		{ "", FILE_REGULAR, DETACHED_FILE, 0, "other", NULL },
		{ "/", FILE_REGULAR, DETACHED_FILE, 0, "other", NULL },
		{ "", FILE_PIPE, DETACHED_FILE, 0, "pipe", NULL },
		{ "memfd:x", FILE_PIPE, 0, 0, "pipe", "/memfd:x" },
		{ "tmp/fifo", FILE_PIPE, 0, 1, "pipe", "/tmp/fifo" },
		{ "UNIX-STREAM", FILE_SOCKET, DETACHED_FILE, 0, "other", NULL },
		{ "run/socket", FILE_SOCKET, 0, 0, "other", "/run/socket" },
		{ "", 4, 0, 0, "other", "/" },
		{ "dev/null", 2, 0, 0, "other", "/dev/null" },
		{ "dev/sda", 6, 0, 1, "other", "/dev/sda" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct source_file *file = &made.record.attempt.source;
		struct source_part source;

		made_sample(&made, RECORD_ATTEMPT, 7, 1);
		file->path = made_path(&made, rows[i].path);
		file->path.detached = rows[i].detached;
		file->unlinked = rows[i].unlinked;
		file->type = rows[i].type;
		file->dev = i ? file->dev : UINT32_MAX;
		source = source_of_made();
		assert_text(source.kind, rows[i].kind);
		if (rows[i].shown)
			assert_text(source.path, rows[i].shown);
		else
			assert_known(source.path, ABSENT);
		assert_text(source.dev, i ? "8:1" : "4095:1048575");
		assert_number(source.inode, 42);
		assert_number(source.size, 4096);
		assert_number(source.mtime, 1700000000000000500);
		assert_number(source.ctime, 1700000001000000600);
		assert_text(source.fs, "ext4");
	}
}

static void places(void **state)
{
	static const struct {
		uint8_t place;
		enum known foreign, covered;
	} rows[] = {
		{ 0, ABSENT, ABSENT },
		{ PLACE_FOREIGN, KNOWN, ABSENT },
		{ PLACE_COVERED, ABSENT, KNOWN },
		{ PLACE_COVER_UNKNOWN, ABSENT, UNKNOWN },
		{ PLACE_FOREIGN | PLACE_COVERED, KNOWN, KNOWN },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct source_part source;

		made_sample(&made, RECORD_ATTEMPT, 7, 1);
		made.record.attempt.source.path.place = rows[i].place;
		source = source_of_made();
		assert_known(source.path_foreign, rows[i].foreign);
		assert_known(source.path_covered, rows[i].covered);
		assert_int_equal(source.path_foreign.value, rows[i].foreign == KNOWN);
		assert_int_equal(source.path_covered.value, rows[i].covered == KNOWN);
	}
}

/* What is the mount namespace's own root is not said. */
static void roots(void **state)
{
	static const struct {
		const char *path;
		uint8_t detached, place;
		const char *shown;
	} rows[] = {
		{ "", 0, 0, NULL },
		{ "srv/jail", 0, 0, "/srv/jail" },
		{ "", 0, PLACE_FOREIGN, "/" },
		{ "", DETACHED_TREE, 0, "/" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct subject *subject = &made.record.attempt.subject;
		struct process process;

		made_sample(&made, RECORD_ATTEMPT, 7, 1);
		subject->root = made_path(&made, rows[i].path);
		subject->root.detached = rows[i].detached;
		subject->root.place = rows[i].place;
		subject->cwd_deleted = i % 2;
		process = process_of_made();
		if (rows[i].shown)
			assert_text(process.root, rows[i].shown);
		else
			assert_known(process.root, ABSENT);
		assert_known(process.root_foreign, rows[i].place ? KNOWN : ABSENT);
		assert_known(process.cwd_deleted, i % 2 ? KNOWN : ABSENT);
		assert_known(process.cwd_foreign, ABSENT);
	}
}

/* A file's owner sets any time; one that does not fit must not be shown as another, 2554 for 1969. */
static void source_times(void **state)
{
	static const int64_t seconds[] = { -1, INT64_MIN, 18446744074, INT64_MAX };

	for (size_t i = 0; i < COUNT(seconds); i++) {
		made_sample(&made, RECORD_ATTEMPT, 7, 1);
		made.record.attempt.source.mtime_sec = seconds[i];
		assert_known(source_of_made().mtime, UNKNOWN);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {

		cmocka_unit_test(paths),
		cmocka_unit_test(path_cut_before_first),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(long_arguments),
		cmocka_unit_test(parent_that_ends),
		cmocka_unit_test(whole_process),
		cmocka_unit_test(process_without),
		cmocka_unit_test(bare_process),
		cmocka_unit_test(sources),
		cmocka_unit_test(source_times),
		cmocka_unit_test(places),
		cmocka_unit_test(roots),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
