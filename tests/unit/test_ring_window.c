// SPDX-License-Identifier: BSD-2-Clause
/* Rings that are larger than what is mapped of them at a time. */
#include "../../user/calls/rings.h"
#include "unit.h"

#include "../../bpf/records.h"

#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 8 * RING_WINDOW };

struct fake {
	char *memory; /* as the kernel's: a page for each position, the data twice */
	size_t page;
	int fd;
	uint64_t produced;
};

struct test {
	struct fake matters, refused;
	struct rings rings;
	uint64_t taken, last;
	bool any_order;
};

/* Each byte of a record is its time's. */
static int take(void *ctx, const void *bytes, size_t size)
{
	const struct record_header *header = bytes;
	struct test *test = ctx;

	for (const unsigned char *at = (const void *)(header + 1); at < (const unsigned char *)bytes + size; at++)
		if (*at != (unsigned char)header->time)
			fail_msg("another record's bytes");
	assert_true(test->any_order || header->time > test->last);
	test->last = header->time;
	test->taken++;
	return 0;
}

static void add(struct fake *fake, uint64_t time, size_t size)
{
	uint32_t header[2] = { (uint32_t)size, 0 };
	char *record = malloc(sizeof(header) + size);

	memset(record + sizeof(header), (int)time, size);
	memcpy(record, header, sizeof(header));
	((struct record_header *)(record + sizeof(header)))->time = time;
	for (size_t i = 0; i < sizeof(header) + size; i++) {
		size_t at = 2 * fake->page + (fake->produced + i) % SIZE;

		fake->memory[at] = fake->memory[at + SIZE] = record[i];
	}
	free(record);
	fake->produced += (sizeof(header) + size + 7) & ~7ull;
	memcpy(fake->memory + fake->page, &fake->produced, sizeof(fake->produced));
}

static void fake_open(struct fake *fake, struct ring *ring)
{
	size_t page = sysconf(_SC_PAGESIZE), whole = 2 * page + 2 * (size_t)SIZE;

	fake->page = page;
	fake->fd = memfd_create("ring", 0);
	assert_int_equal(ftruncate(fake->fd, (off_t)whole), 0);
	fake->memory = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_SHARED, fake->fd, 0);
	assert_ptr_not_equal(fake->memory, MAP_FAILED);
	assert_int_equal(ring_map(ring, fake->fd, SIZE), 0);
}

static void fake_close(struct fake *fake)
{
	munmap(fake->memory, 2 * fake->page + 2 * (size_t)SIZE);
	close(fake->fd);
}

static int setup(void **state)
{
	struct test *test = calloc(1, sizeof(*test));

	*state = test;
	fake_open(&test->matters, &test->rings.matters);
	fake_open(&test->refused, &test->rings.refused);
	test->rings.patience_ns = 0;
	test->rings.take = take;
	test->rings.ctx = test;
	return 0;
}

static int teardown(void **state)
{
	struct test *test = *state;

	ring_unmap(&test->rings.matters);
	ring_unmap(&test->rings.refused);
	fake_close(&test->matters);
	fake_close(&test->refused);
	free(test);
	return 0;
}

static void assert_drained(struct test *test, uint64_t count)
{
	test->taken = 0;
	assert_int_equal(rings_drain(&test->rings, SIZE_MAX), 0);
	assert_int_equal(test->taken, count);
	assert_true(test->rings.drained);
}

/* Three times around, each time nearly full. */
static void around(void **state)
{
	struct test *test = *state;
	uint64_t time = 0;

	for (int i = 0; i < 3; i++) {
		uint64_t count = 0;

		while (test->matters.produced - test->rings.matters.place.next < SIZE - 8192) {
			time++;
			count++;
			add(&test->matters, time, 3000 + 7 * (time % 500));
		}
		assert_int_equal(ring_count(&test->rings.matters), count);
		assert_drained(test, count);
		assert_true(test->rings.matters.window.size <= RING_WINDOW);
	}
}

/* To find what came before a refused call, records far behind the next one are looked at: then that one is read. */
static void looked_ahead(void **state)
{
	struct test *test = *state;

	test->any_order = true;
	for (int time = 100; time < 250; time++)
		add(&test->matters, time, 16000);
	add(&test->matters, 1, 16000);
	add(&test->refused, 50, 16000);
	assert_drained(test, 152);
	assert_int_equal(test->last, 50);
}

/* One that is larger than a window: only somebody who wrote into the ring could send it. */
static void long_record(void **state)
{
	struct test *test = *state;

	add(&test->matters, 1, 5000);
	add(&test->matters, 2, 2 * RING_WINDOW);
	add(&test->matters, 3, 5000);
	assert_drained(test, 3);
	add(&test->matters, 4, RING_WINDOW);
	add(&test->matters, 5, SIZE / 2);
	assert_drained(test, 2);
}

/* What cannot be mapped now (here: since the descriptor is none) stays on the ring, and is not taken for nothing. */
static void not_mapped(void **state)
{
	struct test *test = *state;
	int fd = test->rings.matters.fd;
	uint64_t taken;

	for (int time = 1; time <= 300; time++)
		add(&test->matters, time, 10000);
	assert_int_equal(rings_drain(&test->rings, 1), 0);
	test->rings.matters.fd = -1;
	assert_int_equal(rings_drain(&test->rings, SIZE_MAX), 0);
	taken = test->taken;
	assert_in_range(taken, 20, 60); /* the first window's */
	assert_false(test->rings.drained);
	assert_true(rings_stalled(&test->rings));
	test->rings.matters.fd = fd;
	assert_drained(test, 300 - taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(around, setup, teardown),
		cmocka_unit_test_setup_teardown(looked_ahead, setup, teardown),
		cmocka_unit_test_setup_teardown(long_record, setup, teardown),
		cmocka_unit_test_setup_teardown(not_mapped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
