// SPDX-License-Identifier: BSD-2-Clause
/* Records that nobody should send, all the way to the line: nothing crashes, and each line is a line. */
#include "events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 400, TID = 7 };

static struct made made;

static void take(struct events *events, size_t size)
{
	int err = events_take_bytes(events, &made, size);

	if (err && err != -EBADMSG)
		fail_msg("%d for %zu bytes", err, size);
	events_forget(events);
}

static void samples_are_whole(void **state)
{
	for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++)
		events_sample(*state, kind, TID, 1);
}

static void prefixes(void **state)
{
	for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++) {
		size_t whole;

		made_sample(&made, kind, TID, 1);
		whole = made_finish(&made);
		for (size_t size = 0; size < whole; size++)
			assert_int_equal(events_take_bytes(*state, &made, size), -EBADMSG);
	}
}

/* The same with sizes that say so: every span is outside once. */
static void honest_prefixes(void **state)
{
	for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++) {
		size_t whole;

		made_sample(&made, kind, TID, 1);
		whole = made_finish(&made);
		for (size_t size = sizeof(made.record.header); size < whole; size++) {
			made.record.header.size = size;
			made.record.header.text_size = size > RECORD_FIXED ? size - RECORD_FIXED : 0;
			take(*state, size);
		}
	}
}

/* Not random(): the same everywhere, and a failure can be had again. */
static uint32_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return *seed >> 33;
}

static void mutate(uint64_t *seed, size_t size)
{
	static const unsigned char telling[] = { 0x00, 0x01, 0x02, 0x7f, 0x80, 0xff };
	const size_t from = offsetof(struct record_header, time);

	for (uint32_t left = 1 + next(seed) % 24; left > 0; left--) {
		/* the sizes and the kind stay, or nothing behind record_view() would be reached */
		size_t at = from + next(seed) % (size - from);

		if (at >= offsetof(struct record_header, text_size) &&
		    at < offsetof(struct record_header, text_size) + sizeof(__u32))
			continue;
		made.bytes[at] = (char)(left & 1 ? telling[next(seed) % COUNT(telling)] : next(seed));
	}
}

static void mutations(void **state)
{
	uint64_t seed = 20240229;

	for (int round = 0; round < ROUNDS; round++) {
		for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++) {
			size_t size;

			made_sample(&made, kind, TID, 1);
			size = made_finish(&made);
			mutate(&seed, size);
			if (next(&seed) & 1) /* so that what was kept is put together too */
				made.record.header.tid = TID, made.record.header.attempt_time = 1;
			take(*state, size);
		}
	}
}

/* Every byte of every record once the worst: above all each span's offset, size and state. */
static void each_byte(void **state)
{
	static const char worst[] = { '\xff', '\x02', '\0' };

	for (enum record_kind kind = 1; kind < RECORD_KINDS; kind++) {
		made_sample(&made, kind, TID, 1);
		for (size_t at = 0, size = made_finish(&made); at < size; at++) {
			char before = made.bytes[at];

			for (size_t i = 0; i < COUNT(worst); i++) {
				made.bytes[at] = worst[i];
				take(*state, size);
			}
			made.bytes[at] = before;
		}
	}
}

/* All text, and every path as long as the record allows: more than the arena holds. */
static void overlapping_spans(void **state)
{
	struct subject *subject = made_subject(&made);
	static char text[TEXT_AREA + TEXT_MAX];
	struct span all;

	memset(text, 'p', sizeof(text) - 1);
	made_begin(&made, RECORD_ATTEMPT, TID, 1);
	all = made_bytes(&made, text, sizeof(text));
	subject->exe = subject->argv = subject->cwd = subject->cgroup = made.record.attempt.source.path = all;
	subject->ancestor_count = ANCESTORS_MAX;
	for (size_t i = 0; i < ANCESTORS_MAX; i++)
		subject->ancestors[i].exe = all;
	made.record.attempt.source.present = 1;
	take(*state, made_finish(&made));
	made_sample(&made, RECORD_CALL_RETURN, TID, 1);
	take(*state, made_finish(&made));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_EVENTS(samples_are_whole), WITH_EVENTS(prefixes),	WITH_EVENTS(honest_prefixes),
		WITH_EVENTS(mutations),		WITH_EVENTS(each_byte), WITH_EVENTS(overlapping_spans),
	};

	return cmocka_run_group_tests_name("mutation", tests, NULL, NULL);
}
