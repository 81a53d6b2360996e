// SPDX-License-Identifier: BSD-2-Clause
/* The two rings, in memory laid out as the kernel's: a page for each position, then the data twice. */
#include "../../user/calls/rings.h"
#include "unit.h"

#include "../../bpf/records.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096, TAKEN_MAX = 64 };

struct fake {
	int fd;
	uint64_t produced;
};

struct test {
	struct fake matters, refused;
	struct rings rings;
	uint64_t taken[TAKEN_MAX];
	size_t count;
	int answer;
};

static int take(void *ctx, const void *bytes, size_t size)
{
	const struct record_header *header = bytes;
	struct test *test = ctx;

	if (test->answer)
		return test->answer;
	assert_true(size >= sizeof(*header) && test->count < TAKEN_MAX);
	test->taken[test->count++] = header->time;
	return 0;
}

static void put(const struct fake *fake, uint64_t position, const void *bytes, size_t size)
{
	long page = sysconf(_SC_PAGESIZE);

	for (size_t i = 0; i < size; i++) { /* each byte of the data is there twice */
		off_t at = 2 * page + (off_t)((position + i) % SIZE);

		assert_int_equal(pwrite(fake->fd, (const char *)bytes + i, 1, at), 1);
		assert_int_equal(pwrite(fake->fd, (const char *)bytes + i, 1, at + SIZE), 1);
	}
}

/* Adds a record, with bits set in its length; returns its position. */
static uint64_t add(struct fake *fake, uint64_t time, uint32_t bits, size_t size)
{
	char record[1024] = { 0 };
	uint64_t position = fake->produced;
	uint32_t header[2] = { (uint32_t)size | bits, 0 };

	((struct record_header *)record)->time = time;
	put(fake, position, header, sizeof(header));
	put(fake, position + sizeof(header), record, size);
	fake->produced += (size + sizeof(header) + 7) & ~7ull;
	assert_int_equal(pwrite(fake->fd, &fake->produced, 8, sysconf(_SC_PAGESIZE)), 8);
	return position;
}

static void add_record(struct fake *fake, uint64_t time)
{
	add(fake, time, 0, sizeof(struct record_header));
}

static void fake_open(struct fake *fake, struct ring *ring)
{
	fake->fd = memfd_create("ring", 0);
	assert_int_equal(ftruncate(fake->fd, 2 * sysconf(_SC_PAGESIZE) + 2 * SIZE), 0);
	assert_int_equal(ring_map(ring, fake->fd, SIZE), 0);
}

static int setup(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	*state = test;
	fake_open(&test->matters, &test->rings.matters);
	fake_open(&test->refused, &test->rings.refused);
	test->rings.patience_ns = UINT64_MAX;
	test->rings.take = take;
	test->rings.ctx = test;
	return 0;
}

static int teardown(void **state)
{
	struct test *test = *state;

	ring_unmap(&test->rings.matters);
	ring_unmap(&test->rings.refused);
	close(test->matters.fd);
	close(test->refused.fd);
	free(test);
	return 0;
}

static void assert_taken(struct test *test, size_t count, ...)
{
	va_list times;

	assert_int_equal(test->count, count);
	va_start(times, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(test->taken[i], va_arg(times, int));
	va_end(times);
	test->count = 0;
}

static void drain(struct test *test)
{
	assert_int_equal(rings_drain(&test->rings, SIZE_MAX), 0);
}

static void by_time(void **state)
{
	struct test *test = *state;

	add_record(&test->matters, 1);
	add_record(&test->refused, 2);
	add_record(&test->matters, 3);
	add_record(&test->refused, 4);
	drain(test);
	assert_taken(test, 4, 1, 2, 3, 4);
	assert_true(test->rings.drained);
	drain(test);
	assert_taken(test, 0);
}

/* A refused record waits for an earlier one even where that one stands behind a later one. */
static void behind_a_later_one(void **state)
{
	struct test *test = *state;

	add_record(&test->matters, 9);
	add_record(&test->matters, 1);
	add_record(&test->refused, 2);
	drain(test);
	assert_taken(test, 3, 9, 1, 2);
}

/* What comes behind a mark does not matter to it. */
static void a_mark(void **state)
{
	struct test *test = *state;
	struct rings_mark mark;

	add_record(&test->matters, 1);
	add_record(&test->refused, 2);
	mark = rings_mark(&test->rings);
	add_record(&test->matters, 3);
	assert_int_equal(rings_drain(&test->rings, 1), 0);
	assert_false(rings_passed(&test->rings, &mark));
	assert_int_equal(rings_drain(&test->rings, 1), 0);
	assert_taken(test, 2, 1, 2);
	assert_true(rings_passed(&test->rings, &mark));
}

/* A record that is half written may be an earlier one. */
static void half_written(void **state)
{
	struct test *test = *state;
	uint32_t done = sizeof(struct record_header);
	uint64_t busy = add(&test->matters, 1, BPF_RINGBUF_BUSY_BIT, sizeof(struct record_header));

	add_record(&test->refused, 2);
	drain(test);
	assert_taken(test, 0);
	assert_true(rings_stalled(&test->rings));
	assert_false(test->rings.drained);
	put(&test->matters, busy, &done, sizeof(done));
	assert_false(rings_stalled(&test->rings));
	drain(test);
	assert_taken(test, 2, 1, 2);
}

/* Half-written behind a later one: the head may be what the process of the refused record did next. */
static void half_written_behind(void **state)
{
	struct test *test = *state;

	add_record(&test->matters, 3);
	add(&test->matters, 4, BPF_RINGBUF_BUSY_BIT, sizeof(struct record_header));
	add_record(&test->refused, 2);
	drain(test);
	assert_taken(test, 2, 2, 3);
	add_record(&test->matters, 5); /* of before 6, behind what is not to be had yet */
	add_record(&test->refused, 6);
	drain(test);
	assert_taken(test, 0);
}

/* What matters never waits for what anyone may cause. */
static void refused_half_written(void **state)
{
	struct test *test = *state;

	add(&test->refused, 1, BPF_RINGBUF_BUSY_BIT, sizeof(struct record_header));
	add_record(&test->matters, 2);
	drain(test);
	assert_taken(test, 1, 2);
}

static void discarded(void **state)
{
	struct test *test = *state;

	add(&test->matters, 1, BPF_RINGBUF_DISCARD_BIT, sizeof(struct record_header));
	add_record(&test->matters, 2);
	assert_int_equal(ring_count(&test->rings.matters), 1);
	drain(test);
	assert_taken(test, 1, 2);
}

/* An error leaves the record where it is. */
static void an_error_loses_nothing(void **state)
{
	struct test *test = *state;

	add_record(&test->matters, 1);
	add_record(&test->matters, 2);
	test->answer = -EPIPE;
	assert_int_equal(rings_drain(&test->rings, SIZE_MAX), -EPIPE);
	test->answer = 0;
	assert_int_equal(ring_count(&test->rings.matters), 2);
	assert_int_equal(rings_drain(&test->rings, 1), 0);
	assert_taken(test, 1, 1);
	assert_false(test->rings.drained);
	drain(test);
	assert_taken(test, 1, 2);
}

/* Positions go on counting when the data begins anew. */
static void around(void **state)
{
	struct test *test = *state;

	for (int i = 1; i <= 3 * SIZE / 500; i++) {
		add(&test->matters, i, 0, 500 + i % 8);
		drain(test);
		assert_taken(test, 1, i);
	}
	assert_true(test->rings.matters.place.next > 2 * SIZE);
}

/* Somebody with the map in hand wrote nonsense. */
static void nonsense(void **state)
{
	struct test *test = *state;
	uint32_t header[2] = { SIZE * 16, 0 };

	add_record(&test->matters, 1);
	put(&test->matters, 0, header, sizeof(header));
	drain(test);
	assert_taken(test, 0);
	assert_int_equal(ring_count(&test->rings.matters), 0);
}

/* Moves the position that everybody with the map in hand can move. */
static void move(const struct fake *fake, uint64_t position)
{
	assert_int_equal(pwrite(fake->fd, &position, 8, 0), 8);
}

static uint64_t shared(const struct fake *fake)
{
	uint64_t position;

	assert_int_equal(pread(fake->fd, &position, 8, 0), 8);
	return position;
}

static void moved(void **state)
{
	struct test *test = *state;

	add_record(&test->matters, 1);
	drain(test);
	assert_taken(test, 1, 1);
	assert_false(test->rings.matters.moved);
	add_record(&test->matters, 2);
	add_record(&test->matters, 3);
	move(&test->matters, test->matters.produced); /* as if all were read */
	drain(test);
	assert_taken(test, 2, 2, 3);
	assert_true(test->rings.matters.moved);
	assert_false(test->rings.matters.overrun);
	assert_int_equal(shared(&test->matters), test->matters.produced);

	test->rings.matters.moved = false;
	move(&test->matters, 0); /* back: the kernel would find no room */
	drain(test);
	assert_taken(test, 0);
	assert_true(test->rings.matters.moved);
	assert_int_equal(shared(&test->matters), test->matters.produced);

	move(&test->matters, UINT64_MAX - 7);
	add_record(&test->matters, 4);
	drain(test);
	assert_taken(test, 1, 4);
}

/* The kernel went around meanwhile: what is there now is no record where one was. */
static void written_over(void **state)
{
	struct test *test = *state;

	add_record(&test->matters, 1);
	drain(test);
	assert_taken(test, 1, 1);
	for (int i = 0; i < 10; i++) {
		move(&test->matters, test->matters.produced);
		add(&test->matters, 10 + i, 0, 900);
	}
	drain(test);
	assert_taken(test, 0);
	assert_true(test->rings.matters.overrun);
	add_record(&test->matters, 30);
	drain(test);
	assert_taken(test, 1, 30);
}

/* The next reader goes on where this one stood, whatever the shared position says. */
static void followed(void **state)
{
	struct test *test = *state;
	struct ring_place place = { 0 };

	ring_follow(&test->rings.matters, &place);
	add_record(&test->matters, 1);
	add_record(&test->matters, 2);
	assert_int_equal(rings_drain(&test->rings, 1), 0);
	assert_taken(test, 1, 1);
	move(&test->matters, test->matters.produced); /* while nobody reads */
	ring_unmap(&test->rings.matters);
	assert_int_equal(ring_map(&test->rings.matters, test->matters.fd, SIZE), 0);
	ring_follow(&test->rings.matters, &place);
	assert_true(test->rings.matters.moved);
	drain(test);
	assert_taken(test, 1, 2);
}

/* A kill between the two stores leaves the shared position behind: nobody moved it. */
static void followed_after_a_kill(void **state)
{
	struct test *test = *state;
	struct ring_place place = { 0 };

	add_record(&test->matters, 1);
	add_record(&test->matters, 2);
	place.next = test->matters.produced / 2;
	ring_follow(&test->rings.matters, &place);
	assert_false(test->rings.matters.moved);
	drain(test);
	assert_taken(test, 1, 2);
}

/* The copy can be changed too, to what no position can be. */
static void followed_from_nowhere(void **state)
{
	struct test *test = *state;
	struct ring_place places[] = {
		{ .next = 800, .skipped = { 3 * SIZE | 1, 17 } },
		{ .next = 8 },
		{ .next = 2 * 72, .skipped = { 17 } },
		{ .next = UINT64_MAX - 7 },
		{ .next = 3 * 72 }, /* a record begins there, but there are two between */
	};

	add_record(&test->matters, 1);
	add_record(&test->matters, 2);
	add_record(&test->matters, 3);
	assert_int_equal(test->matters.produced, 3 * 72);
	for (size_t i = 0; i < COUNT(places); i++) {
		move(&test->matters, 0);
		ring_follow(&test->rings.matters, &places[i]);
		assert_true(test->rings.matters.moved);
		assert_false(test->rings.matters.overrun);
		drain(test);
		assert_taken(test, 3, 1, 2, 3);
	}
	move(&test->matters, 8);
	places[0].next = 16;
	ring_follow(&test->rings.matters, &places[0]); /* nothing is left to go by */
	assert_true(test->rings.matters.overrun);
	add_record(&test->matters, 4);
	drain(test);
	assert_taken(test, 1, 4);
}

/* The copy is changed while we read: ours counts. */
static void copy_changed(void **state)
{
	struct test *test = *state;
	struct ring_place place = { 0 };

	ring_follow(&test->rings.matters, &place);
	add_record(&test->matters, 1);
	place.next = 640;
	drain(test);
	assert_taken(test, 1, 1);
	assert_true(test->rings.matters.moved);
	assert_int_equal(place.next, test->matters.produced);
}

/* Who does not get on with writing holds the others up for so long, and is read when he has. */
static void starved(void **state)
{
	struct test *test = *state;
	struct ring_place place = { 0 };
	uint32_t done = sizeof(struct record_header);
	uint64_t busy;

	ring_follow(&test->rings.matters, &place);
	test->rings.patience_ns = 20000000;
	add_record(&test->matters, 1);
	busy = add(&test->matters, 2, BPF_RINGBUF_BUSY_BIT, done);
	add_record(&test->matters, 3);
	drain(test);
	assert_taken(test, 1, 1);
	usleep(30000);
	drain(test);
	assert_taken(test, 1, 3);
	assert_true(rings_stalled(&test->rings));
	assert_false(test->rings.drained);
	assert_int_equal(shared(&test->matters), busy); /* it still needs its room */

	ring_unmap(&test->rings.matters); /* the next reader knows of it */
	assert_int_equal(ring_map(&test->rings.matters, test->matters.fd, SIZE), 0);
	ring_follow(&test->rings.matters, &place);
	drain(test);
	assert_taken(test, 0);
	put(&test->matters, busy, &done, sizeof(done));
	add_record(&test->matters, 4);
	drain(test);
	assert_taken(test, 2, 2, 4);
	assert_true(test->rings.drained);
	assert_int_equal(shared(&test->matters), test->matters.produced);
}

static void starved_and_discarded(void **state)
{
	struct test *test = *state;
	uint32_t gone = sizeof(struct record_header) | BPF_RINGBUF_DISCARD_BIT;
	uint64_t busy = add(&test->matters, 1, BPF_RINGBUF_BUSY_BIT, sizeof(struct record_header));

	test->rings.patience_ns = 0;
	add_record(&test->matters, 2);
	drain(test);
	assert_taken(test, 1, 2);
	put(&test->matters, busy, &gone, sizeof(gone));
	drain(test);
	assert_taken(test, 0);
	assert_true(test->rings.drained);
}

/* So many can be waited for, and no more. */
static void many_starved(void **state)
{
	struct test *test = *state;
	uint32_t done = sizeof(struct record_header);
	uint64_t busy[SKIPPED_MAX + 1];

	test->rings.patience_ns = 0;
	for (int i = 0; i <= SKIPPED_MAX; i++)
		busy[i] = add(&test->matters, 1 + i, BPF_RINGBUF_BUSY_BIT, sizeof(struct record_header));
	add_record(&test->matters, 50);
	drain(test);
	assert_taken(test, 0);
	put(&test->matters, busy[3], &done, sizeof(done));
	drain(test);
	assert_taken(test, 2, 4, 50);
}

#define WITH_RINGS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RINGS(by_time),
		WITH_RINGS(behind_a_later_one),
		WITH_RINGS(a_mark),
		WITH_RINGS(half_written),
		WITH_RINGS(half_written_behind),
		WITH_RINGS(discarded),
		WITH_RINGS(refused_half_written),
		WITH_RINGS(an_error_loses_nothing),
		WITH_RINGS(around),
		WITH_RINGS(nonsense),
		WITH_RINGS(moved),
		WITH_RINGS(written_over),
		WITH_RINGS(followed),
		WITH_RINGS(followed_after_a_kill),
		WITH_RINGS(followed_from_nowhere),
		WITH_RINGS(copy_changed),
		WITH_RINGS(starved),
		WITH_RINGS(starved_and_discarded),
		WITH_RINGS(many_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
