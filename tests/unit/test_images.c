// SPDX-License-Identifier: BSD-2-Clause
/* Images that come in chunks over a ring, hashed and captured; the ring is a file laid out as the kernel's. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "../../user/calls/attempts.h"
#include "../../user/calls/capture.h"
#include "../../user/calls/images.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RING = 1024 * 1024, CPU = 3 };

struct test {
	int ring;
	uint64_t produced;
	struct handover *handover;
	struct images *images;
	struct capture *capture;
	char folder[32];
};

static void start(struct test *test)
{
	if (test->folder[0])
		assert_int_equal(capture_new(test->folder, 1 << 20, &test->capture), 0);
	assert_int_equal(images_new(test->handover, test->ring, RING, true, test->capture, &test->images), 0);
}

static void finish(struct test *test)
{
	images_freep(&test->images);
	capture_freep(&test->capture);
}

static int setup(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	test->handover = calloc(1, sizeof(*test->handover));
	test->ring = memfd_create("ring", 0);
	assert_int_equal(ftruncate(test->ring, 2 * sysconf(_SC_PAGESIZE) + 2 * RING), 0);
	start(test);
	*state = test;
	return 0;
}

static int teardown(void **state)
{
	struct test *test = *state;

	finish(test);
	close(test->ring);
	free(test->handover);
	free(test);
	return 0;
}

static void put(struct test *test, const struct image_chunk *chunk, uint32_t bits)
{
	const uint32_t header[2] = { sizeof(*chunk) | bits, 0 };
	off_t page = sysconf(_SC_PAGESIZE), at = 2 * page + (off_t)(test->produced % RING);

	assert_int_equal(pwrite(test->ring, header, sizeof(header), at), sizeof(header));
	assert_int_equal(pwrite(test->ring, chunk, sizeof(*chunk), at + 8), sizeof(*chunk));
	test->produced += 8 + sizeof(*chunk);
	assert_true(test->produced < RING); /* so that nothing is there twice */
	assert_int_equal(pwrite(test->ring, &test->produced, 8, page), 8);
}

/* The offset's chunk of an image that is all bytes of tid. */
static struct image_chunk chunk_of(uint32_t tid, uint64_t size, uint64_t offset)
{
	struct image_chunk chunk = {
		.attempt_time = tid + 1000,
		.attempt_cpu = CPU,
		.tid = tid,
		.image_size = size,
		.offset = offset,
		.size = size - offset > IMAGE_CHUNK ? IMAGE_CHUNK : size - offset,
	};

	memset(chunk.bytes, tid, chunk.size);
	return chunk;
}

static void send(struct test *test, uint32_t tid, uint64_t size, uint64_t offset)
{
	struct image_chunk chunk = chunk_of(tid, size, offset);

	put(test, &chunk, 0);
}

static struct record_header header_of(uint32_t tid)
{
	return (struct record_header) { .tid = tid, .attempt_time = tid + 1000, .attempt_cpu = CPU };
}

static struct source_part describe(struct test *test, uint32_t tid, const struct call *call)
{
	static char text[HASH_TEXT_SIZE];
	const struct record_header header = header_of(tid);
	struct source_part part = { .known = KNOWN };

	images_describe(test->images, &header, call, text, &part);
	return part;
}

static void expected_hash(uint32_t tid, uint64_t size, char *text)
{
	unsigned char digest[SHA256_DIGEST_LENGTH], *bytes = malloc(size);

	memset(bytes, tid, size);
	SHA256(bytes, size, digest);
	for (int i = 0; i < SHA256_DIGEST_LENGTH; i++)
		sprintf(text + 2 * i, "%02x", digest[i]);
	free(bytes);
}

static const struct call sent = { .image = IMAGE_SENT, .read_done = 1, .module_seen = 1 };

static void assert_whole(struct test *test, uint32_t tid, uint64_t size)
{
	struct source_part part = describe(test, tid, &sent);
	char text[HASH_TEXT_SIZE];

	expected_hash(tid, size, text);
	assert_text(part.sha256, text);
	assert_number(part.complete, true);
	assert_known(part.reason, ABSENT);
}

static void assert_broken(struct test *test, uint32_t tid, const struct call *call, const char *why)
{
	struct source_part part = describe(test, tid, call);

	assert_known(part.sha256, ABSENT);
	assert_number(part.complete, false);
	assert_known(part.reason, KNOWN);
	assert_non_null(strstr(part.reason.bytes, why));
}

/* Of all sizes around a chunk's, and two at once. */
static void sizes(void **state)
{
	static const uint64_t rows[] = {
		1, 63, 64, 65, IMAGE_CHUNK - 1, IMAGE_CHUNK, IMAGE_CHUNK + 1, 2 * IMAGE_CHUNK
	};
	struct test *test = *state;

	for (uint32_t i = 0; i < COUNT(rows); i++)
		for (uint64_t offset = 0; offset < rows[i]; offset += IMAGE_CHUNK)
			send(test, 100 + i, rows[i], offset);
	send(test, 7, 40000, 0);
	send(test, 8, 50000, 0);
	send(test, 7, 40000, IMAGE_CHUNK);
	send(test, 8, 50000, IMAGE_CHUNK);
	assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
	for (uint32_t i = 0; i < COUNT(rows); i++)
		assert_whole(test, 100 + i, rows[i]);
	assert_whole(test, 7, 40000);
	assert_whole(test, 8, 50000);
}

/* Wherever a kill comes, the next monitor goes on; a chunk that is read twice counts once. */
static void kills(void **state)
{
	struct test *test = *state;
	uint64_t before;

	for (uint64_t offset = 0; offset < 4 * IMAGE_CHUNK; offset += IMAGE_CHUNK) {
		send(test, 7, 4 * IMAGE_CHUNK, offset);
		assert_int_equal(pread(test->ring, &before, 8, 0), 8);
		assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
		finish(test);
		assert_int_equal(pwrite(test->ring, &before, 8, 0), 8); /* the chunk had not left the ring */
		start(test);
	}
	assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
	assert_whole(test, 7, 4 * IMAGE_CHUNK);
}

static void broken(void **state)
{
	struct test *test = *state;
	struct image_chunk chunk = chunk_of(9, 70000, IMAGE_CHUNK);
	struct call call = sent;

	send(test, 7, 70000, 0);
	send(test, 7, 70000, 2 * IMAGE_CHUNK); /* one is missing */
	send(test, 8, 70000, IMAGE_CHUNK);     /* the first is missing */
	send(test, 9, 70000, 0);
	chunk.size = 0; /* could not be read */
	put(test, &chunk, 0);
	chunk.size = IMAGE_CHUNK + 1; /* somebody else's */
	put(test, &chunk, 0);
	send(test, 10, 70000, 0); /* no more of it */
	assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
	for (uint32_t tid = 7; tid <= 11; tid++)
		assert_broken(test, tid, &call, "not seen");
	call.image = IMAGE_TOO_BIG;
	assert_broken(test, 12, &call, "--image-limit");
	call.image = IMAGE_RING_FULL;
	assert_broken(test, 12, &call, "ring was full");
	call.image = IMAGE_UNREADABLE;
	assert_broken(test, 9, &call, "could not be read");
	call.image = IMAGE_SENDING;
	assert_broken(test, 10, &call, "midway");
	call.image = IMAGE_NONE;
	call.read_done = 0;
	assert_broken(test, 12, &call, "skipped");
}

/* Of calls that wait in the rings, any number: their chunks are taken as their records are. */
static void many(void **state)
{
	struct test *test = *state;

	for (uint32_t tid = 0; tid < 30; tid++)
		send(test, tid, 100, 0);
	for (uint32_t tid = 0; tid < 30; tid++) {
		assert_int_equal(images_drain(test->images, header_of(tid).attempt_time), 0);
		assert_whole(test, tid, 100);
		if (tid < 29)
			assert_broken(test, tid + 1, &sent, "not seen");
	}
}

/* What was never read has no hash to lack. */
static void absent(void **state)
{
	struct test *test = *state;
	const struct call refused = { .ret = -1 };
	struct source_part part = describe(test, 7, &refused);

	assert_known(part.sha256, ABSENT);
	assert_known(part.complete, ABSENT);
}

/* A chunk that is being written holds up its own image only, which is whole all the same. */
static void busy(void **state)
{
	struct test *test = *state;
	struct image_chunk chunk = chunk_of(7, 100, 0);
	const uint32_t done = sizeof(chunk);

	put(test, &chunk, BPF_RINGBUF_BUSY_BIT);
	send(test, 8, 100, 0);
	assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
	assert_whole(test, 8, 100);
	assert_int_equal(pwrite(test->ring, &done, 4, 2 * sysconf(_SC_PAGESIZE)), 4);
	assert_int_equal(images_drain(test->images, 0), 0); /* however late its call began */
	assert_whole(test, 7, 100);
}

/* Images whose call is over go, those of calls under way stay. */
static void prune(void **state)
{
	struct test *test = *state;
	struct attempts attempts = { .handover = test->handover };
	struct record_header header = header_of(8);
	struct open_attempt *open = attempts_get(&attempts, &header);

	send(test, 7, 100, 0);
	send(test, 8, 100, 0);
	assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
	images_prune(test->images, &attempts);
	assert_broken(test, 7, &sent, "not seen");
	assert_whole(test, 8, 100);
	images_close(test->images, &header);
	assert_broken(test, 8, &sent, "not seen");
	attempts_close(&attempts, open);
}

static size_t files(const struct test *test, const char *ending)
{
	DIR *folder = opendir(test->folder);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)))
		count += strlen(entry->d_name) > strlen(ending) &&
			 !strcmp(entry->d_name + strlen(entry->d_name) - strlen(ending), ending);
	closedir(folder);
	return count;
}

/* A kill in the midst of a capture; what nobody goes on with is removed; the same image twice is kept once. */
static void capture(void **state)
{
	struct test *test = *state;
	char command[64];

	strcpy(test->folder, "/tmp/images-XXXXXX");
	assert_non_null(mkdtemp(test->folder));
	finish(test);
	start(test);
	for (int i = 0; i < 2; i++) {
		struct record_header header = header_of(7);

		send(test, 7, 40000, 0);
		send(test, 8, 40000, 0);
		assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
		capture_finish(test->capture);
		assert_int_equal(files(test, ".part"), 2);
		if (i)
			test->handover->images[1].used = 0;
		finish(test);
		start(test);
		assert_int_equal(files(test, ".part"), 2 - i);
		send(test, 7, 40000, IMAGE_CHUNK);
		assert_int_equal(images_drain(test->images, UINT64_MAX), 0);
		images_close(test->images, &header);
		header = header_of(8);
		images_close(test->images, &header); /* not whole */
		capture_finish(test->capture);
		assert_int_equal(files(test, ".part"), 0);
		assert_int_equal(files(test, ".ko"), 1);
	}
	assert_int_equal(capture_lost(test->capture), 0);
	snprintf(command, sizeof(command), "rm -r %s", test->folder);
	assert_int_equal(system(command), 0);
}

#define WITH_RING(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RING(sizes), WITH_RING(kills), WITH_RING(broken), WITH_RING(absent),
		WITH_RING(many),  WITH_RING(busy),  WITH_RING(prune),  WITH_RING(capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
