// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/modules/state.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BOOT "00000000-1111-4222-8333-444444444444"
enum { ENDED = 77 };
#define HEAD "kmodwatch-modules 1\nboot_id " BOOT "\n"

/* ---- the lines */

static int parse(const char *bytes, size_t size, struct module_set *set)
{
	FILE *f = fmemopen((void *)bytes, size, "r");
	uint64_t ended = UINT64_MAX;
	int err;

	assert_non_null(f);
	err = state_parse(f, BOOT, set, &ended);
	fclose(f);
	return err;
}

static int add_line(void *ctx, struct named_module *module)
{
	char *all = ctx;

	all[strlen(all) + state_line(module, all + strlen(all))] = '\0';
	return 0;
}

/* What is read, as it would be written. */
static void assert_read(const char *bytes, size_t size, const char *expected)
{
	char all[4096] = "";
	struct module_set set = { 0 };

	assert_int_equal(parse(bytes, size, &set), 0);
	module_set_walk(&set, add_line, all);
	assert_string_equal(all, expected);
	module_set_clear(&set);
}

static void lists(void **state)
{
	assert_read(BYTES(HEAD), "");
	assert_read(BYTES(HEAD "+ 7 b\n? 18446744073709551615 a\n"), "? 18446744073709551615 a\n+ 7 b\n");
	assert_read(BYTES(HEAD "+ 7 a\n+ 8 b\n- a\n+ 9 b\n- c\n"), "+ 9 b\n");
	assert_read(BYTES(HEAD "? 7 a\n+ 7 a\n"), "+ 7 a\n");
	assert_read(BYTES(HEAD "+ 0 %20%25%FF/!~\n"), "+ 0 %20%25%FF/!~\n");
	/* a write that was cut */
	assert_read(BYTES(HEAD "+ 7 a\n+ 8 b"), "+ 7 a\n");
	assert_read(BYTES(HEAD "+ 7 a\n-"), "+ 7 a\n");
}

static void assert_ended(const char *bytes, size_t size, uint64_t expected)
{
	FILE *f = fmemopen((void *)bytes, size, "r");
	struct module_set set = { 0 };
	uint64_t ended;

	assert_non_null(f);
	assert_int_equal(state_parse(f, BOOT, &set, &ended), 0);
	assert_true(ended == expected);
	fclose(f);
	module_set_clear(&set);
}

/* Of the run that wrote last. */
static void run_ends(void **state)
{
	assert_ended(BYTES(HEAD "+ 7 a\n"), 0);
	assert_ended(BYTES(HEAD "+ 7 a\n. 18446744073709551615\n"), UINT64_MAX);
	assert_ended(BYTES(HEAD ". 5\n+ 7 a\n"), 0);
	assert_ended(BYTES(HEAD ". 5\n. 6\n. 7"), 6);
}

static void broken(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		int err;
	} rows[] = {
		{ BYTES("x"), -EBADMSG },
		{ BYTES(HEAD ". \n"), -EBADMSG },
		{ BYTES(HEAD ". 5 \n"), -EBADMSG },
		{ BYTES(HEAD ". -5\n"), -EBADMSG },
		{ BYTES(HEAD ". 18446744073709551616\n"), -EBADMSG },
		{ BYTES("\n"), -EBADMSG },
		{ BYTES("kmodwatch-modules 1"), -EBADMSG },
		{ BYTES("kmodwatch-modules 1\n"), -EBADMSG },
		{ BYTES("kmodwatch-modules 2\nboot_id " BOOT "\n"), -EBADMSG },
		{ BYTES("kmodwatch-modules 1\nboot " BOOT "\n"), -EBADMSG },
		{ BYTES("kmodwatch-modules 1\nboot_id x\n"), -ESTALE },
		{ BYTES("kmodwatch-modules 1\nboot_id " BOOT " \n"), -ESTALE },
		{ BYTES(HEAD "\n"), -EBADMSG },
		{ BYTES(HEAD "+\n"), -EBADMSG },
		{ BYTES(HEAD "+ \n"), -EBADMSG },
		{ BYTES(HEAD "+ 7\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 \n"), -EBADMSG },
		{ BYTES(HEAD "+ a\n"), -EBADMSG },
		{ BYTES(HEAD "+ -7 a\n"), -EBADMSG },
		{ BYTES(HEAD "+  7 a\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7  a\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 a \n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 a\r\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 \xff\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 %\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 %4\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 %4g\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 %ff\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 a%00\n"), -EBADMSG },
		{ BYTES(HEAD "+ 18446744073709551616 a\n"), -EBADMSG },
		{ BYTES(HEAD "- \n"), -EBADMSG },
		{ BYTES(HEAD "-a\n"), -EBADMSG },
		{ BYTES(HEAD "* 7 a\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 a\0b\n+ 7 c\n"), -EBADMSG },
		{ BYTES(HEAD "+ 7 a\n\n"), -EBADMSG },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct module_set set = { 0 };
		int err = parse(rows[i].bytes, rows[i].size, &set);

		if (err != rows[i].err)
			fail_msg("row %zu: %d", i, err);
		assert_null(set.tree);
		assert_int_equal(set.count, 0);
	}
}

/* The longest name, of bytes that take the most room; one more is refused, as is a line without end. */
static void long_names(void **state)
{
	char name[MODULE_NAME_MAX + 1], line[STATE_LINE_SIZE], file[2 * STATE_LINE_SIZE + 128];
	const struct named_module module = { .name = name, .instance = UINT64_MAX };
	struct module_set set = { 0 };
	size_t size;

	memset(name, '\x01', MODULE_NAME_MAX);
	name[MODULE_NAME_MAX] = '\0';
	size = state_line(&module, line);
	assert_true(size < STATE_LINE_SIZE);
	line[size] = '\0';
	snprintf(file, sizeof(file), HEAD "%s", line);
	assert_int_equal(parse(file, strlen(file), &set), 0);
	assert_non_null(module_set_find(&set, name));
	module_set_clear(&set);
	line[size - 1] = '\0';
	snprintf(file, sizeof(file), HEAD "%sa\n", line);
	assert_int_equal(parse(file, strlen(file), &set), -EBADMSG);
	snprintf(file, sizeof(file), HEAD "+ 7 %0*d\n", STATE_LINE_SIZE, 0);
	assert_int_equal(parse(file, strlen(file), &set), -EBADMSG);
}

static void many(void **state)
{
	struct module_set set = { 0 };
	char *bytes;
	size_t size;
	FILE *f = open_memstream(&bytes, &size);

	assert_non_null(f);
	fputs(HEAD, f);
	for (int i = 0; i < STATE_MODULES_MAX; i++)
		fprintf(f, "+ 7 m%d\n", i);
	fflush(f);
	assert_int_equal(parse(bytes, size, &set), 0);
	assert_int_equal(set.count, STATE_MODULES_MAX);
	module_set_clear(&set);
	fputs("+ 7 one-more\n", f);
	fclose(f);
	assert_int_equal(parse(bytes, size, &set), -E2BIG);
	free(bytes);
}

/* ---- the file */

struct place {
	char root[32], folder[48], file[80];
	struct state state;
	struct module_set set;
	uint64_t now;
	int saved, memory; /* stderr */
	char said[1024];
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	*state = place;
	if (!place)
		return -1;
	strcpy(place->root, "/tmp/kmodwatch-unit-XXXXXX");
	if (!mkdtemp(place->root))
		return -1;
	snprintf(place->folder, sizeof(place->folder), "%s/state", place->root);
	snprintf(place->file, sizeof(place->file), "%s/kmodwatch-modules", place->folder);
	place->now = 1;
	state_init(&place->state, place->folder, BOOT);
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;
	char command[64];

	state_close(&place->state, &place->set, ENDED);
	module_set_clear(&place->set);
	snprintf(command, sizeof(command), "rm -r %s", place->root);
	if (system(command))
		return -1;
	free(place);
	return 0;
}

static void listen_begin(struct place *place)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/stderr", place->root);
	fflush(stderr);
	place->saved = dup(STDERR_FILENO);
	place->memory = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(dup2(place->memory, STDERR_FILENO) >= 0);
}

static const char *listen_end(struct place *place)
{
	ssize_t size;

	fflush(stderr);
	dup2(place->saved, STDERR_FILENO);
	size = pread(place->memory, place->said, sizeof(place->said) - 1, 0);
	place->said[size < 0 ? 0 : size] = '\0';
	close(place->saved);
	close(place->memory);
	return place->said;
}

/* Whether exactly one sentence was said, with these words; "" for none. */
static void assert_said(const char *said, const char *words)
{
	size_t lines = 0;

	for (const char *at = said; *at; at++)
		lines += *at == '\n';
	if (lines != (*words ? 1 : 0) || !strstr(said, words))
		fail_msg("said: %s", said);
}

static int load(struct place *place, const char *words)
{
	int err;

	listen_begin(place);
	err = state_load(&place->state, &place->set);
	assert_said(listen_end(place), words);
	return err;
}

static void tend(struct place *place, const char *words)
{
	listen_begin(place);
	state_tend(&place->state, &place->set, place->now);
	assert_said(listen_end(place), words);
}

static void put(struct place *place, const char *name)
{
	struct named_module *module = module_set_get(&place->set, name);

	assert_non_null(module);
	module->instance = 7;
	state_note(&place->state, module);
}

/* As it starts: nothing there, the set written. */
static void begin(struct place *place)
{
	assert_int_equal(load(place, ""), -ENOENT);
	assert_non_null(module_set_get(&place->set, "a"));
	state_want(&place->state);
	tend(place, "");
}

static void assert_file(const struct place *place, const char *expected)
{
	char bytes[512] = "";
	FILE *f = fopen(place->file, "r");

	assert_non_null(f);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(bytes, expected);
}

static void write_file(const struct place *place, const char *bytes, mode_t mode)
{
	FILE *f = fopen(place->file, "w");

	assert_non_null(f);
	fputs(bytes, f);
	fclose(f);
	assert_int_equal(chmod(place->file, mode), 0);
}

static void kept(void **state)
{
	struct place *place = *state;
	struct stat st;

	begin(place);
	assert_int_equal(stat(place->folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(place->file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_file(place, HEAD "+ 0 a\n");
	/* changes are there at once */
	put(place, "b");
	state_note_gone(&place->state, "a");
	module_set_remove(&place->set, "a");
	assert_file(place, HEAD "+ 0 a\n+ 7 b\n- a\n");
	assert_int_equal(state_due_ms(&place->state, place->now), -1);
	state_close(&place->state, &place->set, ENDED);
	module_set_clear(&place->set);
	state_init(&place->state, place->folder, BOOT);
	assert_int_equal(load(place, ""), 0);
	assert_int_equal(place->set.count, 1);
	assert_non_null(module_set_find(&place->set, "b"));
	assert_int_equal(place->state.ended, ENDED);
}

static void other_boot(void **state)
{
	struct place *place = *state;

	begin(place);
	state_close(&place->state, &place->set, ENDED);
	module_set_clear(&place->set);
	state_init(&place->state, place->folder, "another");
	assert_int_equal(load(place, ""), -ESTALE);
	assert_int_equal(place->set.count, 0);
}

/* Not more often than once a second, and not without need. */
static void rewritten(void **state)
{
	struct place *place = *state;

	begin(place);
	for (int i = 0; i < 5000; i++)
		put(place, "b");
	assert_true(state_due_ms(&place->state, place->now) > 900);
	tend(place, "");
	assert_true(state_due_ms(&place->state, place->now) > 900);
	place->now += 1000000001;
	assert_int_equal(state_due_ms(&place->state, place->now), 0);
	tend(place, "");
	assert_file(place, HEAD "+ 0 a\n+ 7 b\n");
	assert_int_equal(state_due_ms(&place->state, place->now), -1);
}

/* Somebody removed it, or the folder. */
static void removed(void **state)
{
	struct place *place = *state;

	begin(place);
	state_look(&place->state);
	assert_int_equal(state_due_ms(&place->state, place->now), -1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(remove(place->file), 0);
		if (i)
			assert_int_equal(rmdir(place->folder), 0);
		place->now += 1000000001;
		state_look(&place->state);
		assert_int_equal(state_due_ms(&place->state, place->now), 0);
		tend(place, "");
		assert_file(place, HEAD "+ 0 a\n");
	}
}

static void hostile_file(void **state)
{
	struct place *place = *state;
	char elsewhere[64];
	struct stat st;

	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", place->root);
	assert_int_equal(mkdir(place->folder, 0700), 0);
	write_file(place, HEAD "+ 0 a\n", 0600);
	assert_int_equal(rename(place->file, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, place->file), 0);
	assert_int_equal(load(place, "is a symbolic link"), -ENOENT);
	assert_int_equal(remove(place->file), 0);
	assert_int_equal(mkfifo(place->file, 0600), 0);
	assert_int_equal(load(place, "not a plain file"), -ENOENT);
	assert_int_equal(remove(place->file), 0);
	assert_int_equal(mkdir(place->file, 0700), 0);
	place->state.told = 0;
	assert_int_equal(load(place, "not a plain file"), -ENOENT);
	assert_int_equal(remove(place->file), 0);
	write_file(place, HEAD "+ 0 a\n", 0620);
	assert_int_equal(load(place, "others may write to it"), -ENOENT);
	write_file(place, HEAD "+ 0 a\n", 0602);
	place->state.told = 0;
	assert_int_equal(load(place, "others may write to it"), -ENOENT);
	write_file(place, "kmodwatch-modules nonsense\n", 0600);
	assert_int_equal(load(place, "is damaged"), -ENOENT);
	write_file(place, "nonsense\n", 0600);
	assert_int_equal(load(place, "not a list of kmodwatch's"), -ENOENT);
	assert_int_equal(truncate(place->file, 65 * 1048576), 0);
	assert_int_equal(load(place, "larger than any"), -ENOENT);
	if (!geteuid()) {
		write_file(place, HEAD "+ 0 a\n", 0600);
		assert_int_equal(chown(place->file, 1, 1), 0);
		assert_int_equal(load(place, "belongs to another user"), -ENOENT);
	}
	assert_int_equal(place->set.count, 0);
	/* what is ours alone in its first words is replaced, whoever it belongs to and however damaged it is */
	write_file(place, "kmodwatch-modules 1\nnonsense", 0622);
	state_want(&place->state);
	tend(place, "");
	assert_file(place, HEAD);
	state_close(&place->state, &place->set, ENDED);
	assert_int_equal(stat(elsewhere, &st), 0);
	assert_true(st.st_size > 0);
}

/* What is no list of ours stays as it is, and nothing is kept; said once. When it is gone the list is there. */
static void foreign_file(void **state)
{
	static const char *const contents[] = { "nonsense\n", "k", "kmodwatch-module",
						"# modules to load at boot\nveth\n" };
	struct place *place = *state;
	char elsewhere[64];
	struct stat st;

	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", place->root);
	assert_int_equal(mkdir(place->folder, 0700), 0);
	for (size_t i = 0; i < COUNT(contents) + 3; i++) {
		if (i < COUNT(contents))
			write_file(place, contents[i], 0600);
		else if (i == COUNT(contents))
			assert_int_equal(symlink(elsewhere, place->file), 0);
		else if (i == COUNT(contents) + 1)
			assert_int_equal(mkfifo(place->file, 0600), 0);
		else
			assert_int_equal(mkdir(place->file, 0700), 0);
		assert_int_equal(lstat(place->file, &st), 0);
		place->state.told = 0;
		state_want(&place->state);
		place->now += 20000000000;
		tend(place, "not a list of kmodwatch's");
		place->now += 20000000000;
		tend(place, "");
		assert_true(state_due_ms(&place->state, place->now) > 9000);
		if (i < COUNT(contents))
			assert_file(place, contents[i]);
		assert_int_equal(access(elsewhere, F_OK), -1);
		assert_int_equal(remove(place->file), 0);
	}
	put(place, "b");
	place->now += 20000000000;
	tend(place, "");
	assert_file(place, HEAD "+ 7 b\n");
}

/* Everything else in the folder is another's: `modules` too, unless it is a list of an earlier version's. */
static void foreign_folder(void **state)
{
	static const char *const names[] = { "modules", "modules.new", "kmodwatch-modules.old", ".x.part", "passwd" };
	struct place *place = *state;
	char path[96];
	FILE *f;

	assert_int_equal(mkdir(place->folder, 0755), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
		f = fopen(path, "w");
		assert_non_null(f);
		fputs("veth\n", f);
		fclose(f);
	}
	begin(place);
	assert_file(place, HEAD "+ 0 a\n");
	for (size_t i = 0; i < COUNT(names); i++) {
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_size, 5);
	}
}

static void former_name(void **state)
{
	struct place *place = *state;
	char path[96];

	assert_int_equal(mkdir(place->folder, 0700), 0);
	write_file(place, HEAD "+ 7 b\n", 0600);
	snprintf(path, sizeof(path), "%s/modules", place->folder);
	assert_int_equal(rename(place->file, path), 0);
	assert_int_equal(load(place, ""), 0);
	assert_int_equal(place->set.count, 1);
	assert_int_equal(access(path, F_OK), 0);
	state_want(&place->state);
	tend(place, "");
	assert_file(place, HEAD "+ 7 b\n");
	assert_int_equal(access(path, F_OK), -1);
}

/* ---- a disk that hangs */

static int hang(void *ctx)
{
	char byte;

	return read(*(int *)ctx, &byte, 1) == 1 ? 0 : -1;
}

static uint64_t ms_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Nobody waits for it for long; what could not be added is in the whole list, as soon as it can be written. */
static void hanging(void **state)
{
	struct place *place = *state;
	int ends[2];
	uint64_t from;

	assert_int_equal(pipe(ends), 0);
	begin(place);
	assert_int_equal(errand_run(&place->state.errand, hang, &ends[0], 1), -EINPROGRESS);
	from = ms_now();
	listen_begin(place);
	for (int i = 0; i < 1000; i++)
		put(place, "b");
	state_look(&place->state);
	for (int i = 0; i < 100; i++) {
		place->now += 20000000000;
		state_tend(&place->state, &place->set, place->now);
	}
	assert_said(listen_end(place), "does not answer");
	assert_between((int64_t)(ms_now() - from), 0, 900);
	assert_int_equal(write(ends[1], "x", 1), 1);
	for (int i = 0; i < 1000 && errand_is_busy(place->state.errand); i++)
		usleep(5000);
	put(place, "c");
	assert_file(place, HEAD "+ 0 a\n"); /* it lacks b: c is not added to that */
	place->now += 20000000000;
	tend(place, "");
	assert_file(place, HEAD "+ 0 a\n+ 7 b\n+ 7 c\n");
	put(place, "d");
	assert_file(place, HEAD "+ 0 a\n+ 7 b\n+ 7 c\n+ 7 d\n");
	close(ends[0]);
	close(ends[1]);
}

static int count_up(void *ctx)
{
	return ++*(int *)ctx;
}

static void errands(void **state)
{
	struct errand *errand = NULL;
	int ends[2], count = 0;

	assert_int_equal(pipe(ends), 0);
	assert_false(errand_is_busy(errand));
	assert_true(errand_end(&errand, 0));
	for (int i = 1; i <= 1000; i++)
		assert_int_equal(errand_run(&errand, count_up, &count, 5000), i);
	assert_int_equal(errand_run(&errand, hang, &ends[0], 10), -EINPROGRESS);
	assert_true(errand_is_busy(errand));
	assert_int_equal(errand_run(&errand, count_up, &count, 10), -EINPROGRESS);
	assert_int_equal(count, 1000);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_true(errand_end(&errand, 5000));
	assert_null(errand);
	close(ends[0]);
	close(ends[1]);
}

/* Said once, however often it is tried; and when it is mended, the list is there. */
static void hostile_folder(void **state)
{
	static const char *const words[] = { "others may write to it", "others may write to it", "not a folder",
					     "not a folder", "belongs to another user" };
	struct place *place = *state;
	char real[64];

	snprintf(real, sizeof(real), "%s/real", place->root);
	for (size_t i = 0; i < COUNT(words) - (geteuid() ? 1 : 0); i++) {
		if (i < 2) {
			assert_int_equal(mkdir(place->folder, 0700), 0);
			assert_int_equal(chmod(place->folder, i ? 0720 : 0702), 0);
		} else if (i == 2) {
			assert_int_equal(mkdir(real, 0700), 0);
			assert_int_equal(symlink(real, place->folder), 0);
		} else if (i == 3) {
			assert_int_equal(mkfifo(place->folder, 0600), 0);
		} else {
			assert_int_equal(mkdir(place->folder, 0700), 0);
			assert_int_equal(chown(place->folder, 1, 1), 0);
		}
		place->state.told = 0;
		assert_int_equal(load(place, words[i]), -ENOENT);
		state_want(&place->state);
		place->now += 20000000000;
		tend(place, "");
		assert_true(state_due_ms(&place->state, place->now) > 9000);
		assert_int_equal(remove(place->folder), 0);
	}
	put(place, "b");
	place->now += 20000000000;
	tend(place, "");
	assert_file(place, HEAD "+ 7 b\n");
}

static void slash_at_the_end(void **state)
{
	struct place *place = *state;
	char path[64], real[64];

	snprintf(real, sizeof(real), "%s/real", place->root);
	snprintf(path, sizeof(path), "%s//", place->folder);
	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink(real, place->folder), 0);
	state_close(&place->state, &place->set, ENDED);
	state_init(&place->state, path, BOOT);
	assert_int_equal(load(place, "not a folder"), -ENOENT);
	assert_int_equal(remove(place->folder), 0);
	assert_int_equal(load(place, ""), -ENOENT);
}

static void two_at_once(void **state)
{
	struct place *place = *state;
	struct module_set set = { 0 };
	struct state other;

	begin(place);
	state_init(&other, place->folder, BOOT);
	listen_begin(place);
	assert_int_equal(state_load(&other, &set), -ENOENT);
	assert_said(listen_end(place), "another kmodwatch");
	state_close(&place->state, &place->set, ENDED);
	assert_int_equal(state_load(&other, &set), 0);
	state_close(&other, &set, ENDED);
	module_set_clear(&set);
}

/* A leftover of a run that was killed while it wrote. */
static void leftover(void **state)
{
	struct place *place = *state;
	char path[96];

	assert_int_equal(mkdir(place->folder, 0700), 0);
	snprintf(path, sizeof(path), "%s.new", place->file);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	begin(place);
	assert_file(place, HEAD "+ 0 a\n");
	assert_int_equal(access(path, F_OK), -1);
}

/* A change that could not be written leaves no list behind that lacks it. */
static void no_room(void **state)
{
	struct place *place = *state;

	begin(place);
	close(place->state.file->file);
	place->state.file->file = open("/dev/full", O_WRONLY);
	listen_begin(place);
	put(place, "b");
	put(place, "c");
	assert_said(listen_end(place), "No space left");
	assert_int_equal(access(place->file, F_OK), -1);
	place->now += 20000000000;
	tend(place, "");
	assert_file(place, HEAD "+ 0 a\n+ 7 b\n+ 7 c\n");
}

static void nothing_kept(void **state)
{
	struct module_set set = { 0 };
	struct state none;

	state_init(&none, NULL, BOOT);
	assert_int_equal(state_load(&none, &set), -ENOENT);
	state_note_gone(&none, "a");
	state_want(&none);
	state_look(&none);
	state_tend(&none, &set, 1);
	assert_int_equal(state_due_ms(&none, 1), -1);
	state_close(&none, &set, ENDED);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),      cmocka_unit_test(run_ends), cmocka_unit_test(broken),
		cmocka_unit_test(long_names), cmocka_unit_test(many),	  IN_PLACE(kept),
		IN_PLACE(other_boot),	      IN_PLACE(rewritten),	  IN_PLACE(removed),
		IN_PLACE(hostile_file),	      IN_PLACE(hostile_folder),	  IN_PLACE(slash_at_the_end),
		IN_PLACE(two_at_once),	      IN_PLACE(leftover),	  IN_PLACE(foreign_file),
		IN_PLACE(foreign_folder),     IN_PLACE(former_name),	  IN_PLACE(hanging),
		cmocka_unit_test(errands),    IN_PLACE(no_room),	  cmocka_unit_test(nothing_kept),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
