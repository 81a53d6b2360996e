// SPDX-License-Identifier: BSD-2-Clause
/* The folder of images: whose it may be, and what may stand in it. What is kept there is test_images.c's. */
#include "../../user/calls/capture.h"
#include "../../user/calls/images.h"
#include "hostile.h"
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int use(const char *path)
{
	struct capture *capture = NULL;
	int err = capture_new(path, 1 << 20, &capture);

	assert_true(err ? !capture : capture != NULL);
	capture_freep(&capture);
	return err;
}

static int use_with_slash(const char *path)
{
	char longer[80];

	snprintf(longer, sizeof(longer), "%s//", path);
	return use(longer);
}

static void assert_refused(struct hostile *hostile, const char *why)
{
	int (*const ways[])(const char *path) = { use, use_with_slash };

	for (size_t i = 0; i < COUNT(ways); i++) {
		assert_true(hostile_run(hostile, ways[i]) < 0);
		if (!strstr(hostile->said, "modules cannot be captured in ") || !strstr(hostile->said, why))
			fail_msg("said: %s", hostile->said);
	}
	assert_int_equal(remove(hostile->path), 0);
}

static void hostile_folders(void **state)
{
	struct hostile *hostile = *state;

	assert_int_equal(hostile_run(hostile, use), 0); /* it is made */
	assert_int_equal(hostile_run(hostile, use_with_slash), 0);
	assert_int_equal(chmod(hostile->path, 0720), 0);
	assert_refused(hostile, "others may write to it");
	assert_int_equal(mkdir(hostile->path, 0700), 0);
	assert_int_equal(chmod(hostile->path, 0702), 0);
	assert_refused(hostile, "others may write to it");
	assert_int_equal(mkdir(hostile->elsewhere, 0700), 0);
	assert_int_equal(symlink(hostile->elsewhere, hostile->path), 0);
	assert_refused(hostile, "it is not a folder (symbolic links are not followed)");
	assert_int_equal(symlink("nowhere", hostile->path), 0);
	assert_refused(hostile, "it is not a folder (symbolic links are not followed)");
	assert_int_equal(mkfifo(hostile->path, 0600), 0);
	assert_refused(hostile, "it is not a folder");
	hostile_put(hostile->path, "");
	assert_refused(hostile, "it is not a folder");
	if (!geteuid()) {
		assert_int_equal(mkdir(hostile->path, 0700), 0);
		assert_int_equal(chown(hostile->path, 12345, 12345), 0);
		assert_refused(hostile, "it belongs to another user");
	}
}

/* sha256sum(1)'s of `what` */
static const char hash_of_what[] = "749ab2c0d06c42ae3b841b79e79875f02b3a042e43c92378cd28bd444c04d284";

/* The image is whole, written now or by an earlier monitor: the part's name is of its attempt. Returns what is lost. */
static int keep(const char *path, bool written_now, uint64_t max)
{
	struct image_chunk *chunk = calloc(1, sizeof(*chunk));
	struct image image = { .used = 1, .tid = 3, .time = 1, .cpu = 2, .size = 4 };
	char hash[HASH_TEXT_SIZE] = "";
	struct capture *capture;
	int lost;

	strcpy(hash, hash_of_what);
	assert_non_null(chunk);
	*chunk = (struct image_chunk) {
		.attempt_time = 1, .attempt_cpu = 2, .tid = 3, .image_size = 4, .size = 4, .bytes = "what"
	};
	assert_int_equal(capture_new(path, max, &capture), 0);
	if (written_now)
		capture_write(capture, 0, chunk);
	capture_keep(capture, 0, &image, hash);
	capture_finish(capture);
	lost = (int)capture_lost(capture);
	capture_freep(&capture);
	free(chunk);
	return lost;
}

static int write_image(const char *path)
{
	return keep(path, true, 4);
}

static int keep_written(const char *path)
{
	return keep(path, false, 4);
}

static int keep_too_large(const char *path)
{
	return keep(path, true, 3);
}

/* What alone is above the limit takes no other's place. */
static void too_large(void **state)
{
	struct hostile *hostile = *state;
	char kept[160] = "", part[96];

	assert_int_equal(mkdir(hostile->path, 0700), 0);
	snprintf(kept, sizeof(kept), "%s/%064d.ko", hostile->path, 1);
	snprintf(part, sizeof(part), "%s/.kmodwatch-1-2-3.part", hostile->path);
	hostile_put(kept, "old");
	assert_int_equal(hostile_run(hostile, keep_too_large), 1);
	assert_non_null(strstr(hostile->said, strerror(EFBIG)));
	assert_int_equal(access(kept, F_OK), 0);
	hostile_put(part, "what");
	assert_int_equal(hostile_run(hostile, keep_too_large), 1);
	assert_int_equal(access(part, F_OK), -1);
	assert_int_equal(access(kept, F_OK), 0);
	assert_int_equal(hostile_run(hostile, write_image), 0); /* as large as the limit */
	assert_int_equal(access(kept, F_OK), -1);
}

/* A kill leaves parts: the next monitor removes those whose image it does not go on with, and nothing else. */
static void left_parts(void **state)
{
	static struct image open[IMAGES_MAX];
	static const char *const names[] = { ".kmodwatch-1-2-3.part",
					     ".kmodwatch-9-9-9.part",
					     "mine.part",
					     ".part",
					     ".mine.part",
					     ".1-2-3.part",
					     ".kmodwatch-9-9.part",
					     ".kmodwatch-09-9-9.part",
					     ".kmodwatch-9-9-9.partly",
					     ".kmodwatch-9-9-G.part",
					     ".kmodwatch-9-9-9.part " };
	struct hostile *hostile = *state;
	struct capture *capture;
	char paths[COUNT(names)][96];

	open[5] = (struct image) { .used = 1, .time = 1, .cpu = 2, .tid = 3 };
	assert_int_equal(mkdir(hostile->path, 0700), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", hostile->path, names[i]);
		hostile_put(paths[i], "x");
	}
	assert_int_equal(capture_new(hostile->path, 4, &capture), 0);
	capture_sweep(capture, open);
	capture_freep(&capture);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(access(paths[i], F_OK), i == 1 ? -1 : 0);
}

/* Left over from when the folder was not ours alone. */
static void hostile_parts(void **state)
{
	struct hostile *hostile = *state;
	char part[96];
	struct stat st;

	snprintf(part, sizeof(part), "%s/.kmodwatch-1-2-3.part", hostile->path);
	assert_int_equal(mkdir(hostile->path, 0700), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mkfifo(part, 0600), 0);
		assert_int_equal(hostile_run(hostile, i ? keep_written : write_image), 1);
		assert_non_null(strstr(hostile->said, "a module is not captured in "));
		assert_int_equal(access(part, F_OK), -1); /* removed, as what is not kept is */
	}
	hostile_put(hostile->elsewhere, "");
	assert_int_equal(symlink(hostile->elsewhere, part), 0);
	assert_int_equal(hostile_run(hostile, write_image), 1);
	assert_int_equal(stat(hostile->elsewhere, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(hostile_run(hostile, write_image), 0);
}

/* What an earlier monitor was killed before it wrote is zero in the file: not the image whose name it would get. */
static void another_image(void **state)
{
	struct hostile *hostile = *state;
	char part[96];

	assert_int_equal(mkdir(hostile->path, 0700), 0);
	snprintf(part, sizeof(part), "%s/.kmodwatch-1-2-3.part", hostile->path);
	hostile_put(part, "wh t");
	assert_int_equal(hostile_run(hostile, keep_written), 1);
	assert_int_equal(access(part, F_OK), -1);
	hostile_put(part, "what");
	assert_int_equal(hostile_run(hostile, keep_written), 0);
}

/* --- a disk that does not answer, for as long as it is held --- */

static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER;
static int syncs;

/* Instead of the library's. */
int fsync(int fd)
{
	pthread_mutex_lock(&disk);
	syncs++;
	pthread_mutex_unlock(&disk);
	return 0;
}

enum { LARGE = 2048 }; /* chunks: 64 MiB */

static struct image image_of(uint32_t tid, uint64_t size)
{
	return (struct image) { .used = 1, .tid = tid, .time = 1, .cpu = 2, .size = size };
}

/* One more image, whole. */
static void capture_one(struct capture *capture, uint32_t tid, uint64_t chunks)
{
	static struct image_chunk chunk;
	struct image image = image_of(tid, chunks * IMAGE_CHUNK);
	char hash[HASH_TEXT_SIZE];

	for (uint64_t i = 0; i < chunks; i++) {
		chunk = (struct image_chunk) { .attempt_time = 1, .attempt_cpu = 2, .tid = tid };
		chunk.image_size = image.size;
		chunk.size = IMAGE_CHUNK;
		chunk.offset = i * IMAGE_CHUNK;
		capture_write(capture, (int)tid, &chunk);
	}
	snprintf(hash, sizeof(hash), "%064x", tid);
	capture_keep(capture, (int)tid, &image, hash);
}

static bool is_kept(const char *path, uint32_t tid)
{
	char name[160];

	snprintf(name, sizeof(name), "%s/%064x.ko", path, tid);
	return !access(name, F_OK);
}

/* Returns how many are lost, with the disk held: events go on, and alarm() ends a test that waits. */
static int held_disk(const char *path)
{
	struct capture *capture;

	assert_int_equal(capture_new(path, 1ull << 30, &capture), 0);
	assert_int_equal(capture_due_ms(capture, 0), -1);
	pthread_mutex_lock(&disk);
	for (uint32_t tid = 1; tid <= 4; tid++)
		capture_one(capture, tid, tid == 3 ? LARGE : 1); /* the third is more than may wait */
	capture_tend(capture);
	assert_true(capture_due_ms(capture, 0) >= 0);
	assert_false(is_kept(path, 1));
	assert_int_equal(capture_lost(capture), 1); /* it is known at once */
	pthread_mutex_unlock(&disk);
	capture_finish(capture);
	for (uint32_t tid = 1; tid <= 4; tid++)
		assert_int_equal(is_kept(path, tid), tid != 3);
	assert_int_equal(capture_due_ms(capture, UINT64_MAX), -1);
	capture_one(capture, 5, 1);
	capture_freep(&capture); /* finishes it too */
	assert_true(is_kept(path, 5));
	return 1;
}

static void disk_that_waits(void **state)
{
	struct hostile *hostile = *state;

	syncs = 0;
	assert_int_equal(hostile_run(hostile, held_disk), 1);
	assert_true(syncs > 0);
	assert_non_null(strstr(hostile->said, "the disk does not keep up"));
}

/* At the end, in a process that has one: what the thread uses stays. */
static int dead_disk(const char *path)
{
	int *lost = mmap(NULL, sizeof(*lost), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct capture *capture;
	pid_t child = fork();

	assert_true(lost != MAP_FAILED && child >= 0);
	if (!child) {
		pthread_mutex_lock(&disk);
		if (capture_new(path, 1ull << 30, &capture))
			_exit(99);
		capture_one(capture, 1, 1);
		capture_one(capture, 2, 1);
		capture_finish(capture);
		*lost = (int)capture_lost(capture);
		capture_freep(&capture);
		raise(SIGKILL); /* valgrind would miss what the thread has */
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	return *lost;
}

static void disk_that_is_dead(void **state)
{
	struct hostile *hostile = *state;

	assert_int_equal(hostile_run(hostile, dead_disk), 2);
	assert_non_null(strstr(hostile->said, "the disk does not answer"));
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, hostile_setup, hostile_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_PLACE(hostile_folders), IN_PLACE(hostile_parts),   IN_PLACE(too_large),	   IN_PLACE(left_parts),
		IN_PLACE(another_image),   IN_PLACE(disk_that_waits), IN_PLACE(disk_that_is_dead),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
