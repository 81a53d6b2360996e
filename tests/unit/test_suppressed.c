// SPDX-License-Identifier: BSD-2-Clause
/* What is said of what was only counted: all of it, once. */
#include "../../user/handover.h"
#include "../../user/calls/suppressed.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OFFSET = 1000 };

static struct said {
	int lines, fails_at;
	uint64_t count, uid, since, time;
	bool has_uid, has_call;
	char id[48], what[32], error[16];
} said;

static void copy(char *to, size_t size, const struct text *text)
{
	snprintf(to, size, "%.*s", (int)text->size, text->known == KNOWN ? text->bytes : "");
}

static int say(void *ctx, struct event *event)
{
	struct said *s = ctx;

	assert_int_equal(event->kind, EVENT_ATTEMPTS_SUPPRESSED);
	s->count = event->count.value;
	s->uid = event->uid.value;
	s->has_uid = event->uid.known == KNOWN;
	s->has_call = event->syscall.name.known != ABSENT;
	s->since = event->since.value;
	s->time = event->time.value;
	copy(s->id, sizeof(s->id), &event->id);
	copy(s->what, sizeof(s->what), &event->what);
	copy(s->error, sizeof(s->error), &event->syscall.errno_name);
	s->lines++;
	return s->lines == s->fails_at ? -EPIPE : 0;
}

static struct limit refused(uint32_t uid, uint64_t suppressed)
{
	return (struct limit) {
		.of.key = { .uid = uid, .what = LIMITED_REFUSED, .module_call = CALL_FINIT_MODULE, .error = EPERM },
		.began = 50,
		.last = 60,
		.suppressed = suppressed,
	};
}

static struct handover *fresh_memory(void)
{
	struct handover *handover = calloc(1, sizeof(*handover));

	assert_non_null(handover);
	said = (struct said) { 0 };
	return handover;
}

/* What the kernel has is that in the last slots. */
static int report_all(struct handover *handover, const struct limit *limits, size_t count, uint64_t now)
{
	static struct limit table[LIMIT_SLOTS];

	struct suppressed_turn turn = { .most = LIMIT_SLOTS };

	memset(table, 0, sizeof(table));
	memcpy(table + LIMIT_SLOTS - count, limits, count * sizeof(*limits));
	return suppressed_report(handover, table, &turn, now, OFFSET, say, &said);
}

static void report(struct handover *handover, const struct limit *limit, uint64_t now, int answer)
{
	assert_int_equal(report_all(handover, limit, 1, now), answer);
}

static void each_once(void **state)
{
	struct handover *handover = fresh_memory();
	struct limit entry = refused(1000, 0);

	(void)state;
	report(handover, &entry, 70, 0);
	assert_int_equal(said.lines, 0);
	entry.suppressed = 5;
	report(handover, &entry, 80, 0);
	assert_int_equal(said.lines, 1);
	assert_int_equal(said.count, 5);
	assert_int_equal(said.uid, 1000);
	assert_int_equal(said.since, 70 + OFFSET); /* nothing was counted when it was last looked at */
	assert_int_equal(said.time, 80 + OFFSET);
	assert_string_equal(said.what, "refused");
	assert_string_equal(said.error, "EPERM");
	report(handover, &entry, 90, 0);
	assert_int_equal(said.lines, 1);
	entry.suppressed = 12;
	entry.began = 95; /* there was a pause */
	report(handover, &entry, 100, 0);
	assert_int_equal(said.count, 7);
	assert_int_equal(said.since, 95 + OFFSET);
	free(handover);
}

static void each_key_by_itself(void **state)
{
	struct handover *handover = fresh_memory();
	struct limit entries[] = { refused(1000, 5), refused(1000, 3), refused(1001, 4) };

	(void)state;
	entries[0].of.key = (struct limit_key) { .uid = 1000, .what = LIMITED_TOOL_EXEC };
	assert_int_equal(report_all(handover, entries + 1, 2, 70), 0);
	assert_int_equal(said.lines, 2);
	assert_int_equal(said.count, 4);
	assert_true(said.has_call);
	assert_int_equal(report_all(handover, entries, 3, 70), 0);
	assert_int_equal(said.lines, 3);
	assert_int_equal(said.count, 5);
	assert_string_equal(said.what, "tool_exec");
	assert_false(said.has_call);
	free(handover);
}

static void of_anyone(void **state)
{
	struct handover *handover = fresh_memory();
	struct limit entry = refused(LIMIT_ANY_UID, 3);

	(void)state;
	entry.of.key.module_call = entry.of.key.error = 0;
	report(handover, &entry, 70, 0);
	assert_int_equal(said.lines, 1);
	assert_false(said.has_uid);
	assert_true(said.has_call);
	assert_string_equal(said.error, "");
	entry.of.key.uid = 0; /* root's own that found no room */
	report(handover, &entry, 80, 0);
	assert_true(said.has_uid);
	assert_int_equal(said.uid, 0);
	assert_string_equal(said.error, "");
	free(handover);
}

/* Many users' lines wait for their turn, root's do not; in the end each was told of once, and nothing is missing. */
static void in_turn(void **state)
{
	enum { USERS = 50, MOST = 8 };
	static struct limit table[LIMIT_SLOTS];
	struct handover *handover = fresh_memory();
	struct suppressed_turn turn = { .most = MOST };
	uint64_t rounds = 0;

	(void)state;
	memset(table, 0, sizeof(table));
	for (uint32_t i = 0; i < USERS; i++)
		table[i * 7] = refused(1000 + i, 1);
	table[LIMITS_ANY + 3] = refused(0, 1);
	do {
		int before = said.lines;

		assert_int_equal(suppressed_report(handover, table, &turn, 70 + rounds, OFFSET, say, &said), 0);
		assert_true(said.lines - before <= MOST + 1);
		if (!rounds++)
			assert_true(suppressed_is_told(handover, table, LIMITS_ANY + 3));
		assert_true(turn.left == (said.lines < USERS + 1));
	} while (turn.left);
	assert_int_equal(said.lines, USERS + 1);
	assert_int_equal(suppressed_count(handover), USERS + 1);
	for (size_t i = 0; i < LIMIT_SLOTS; i++)
		assert_true(suppressed_is_told(handover, table, i));
	table[7].suppressed++;
	assert_false(suppressed_is_told(handover, table, 7));
	free(handover);
}

/* The slot was emptied and taken again before that was forgotten. */
static void another_key(void **state)
{
	struct handover *handover = fresh_memory();
	struct limit entry = refused(1000, 5);

	(void)state;
	report(handover, &entry, 80, 0);
	entry = refused(1001, 2);
	report(handover, &entry, 90, 0);
	assert_int_equal(said.uid, 1001);
	assert_int_equal(said.count, 2);
	free(handover);
}

/* Whether its line went out before the kill is not known: it is said again as it was, and the rest by itself. */
static void over_a_kill(void **state)
{
	struct handover *handover = fresh_memory();
	struct limit entry = refused(1000, 5);
	char id[48];

	(void)state;
	said.fails_at = 1;
	report(handover, &entry, 80, -EPIPE);
	snprintf(id, sizeof(id), "%s", said.id);
	entry.suppressed = 8;
	said.fails_at = 3;
	report(handover, &entry, 90, -EPIPE); /* the second went out, the third is not sure */
	assert_int_equal(said.lines, 3);
	assert_int_equal(said.count, 3);
	assert_string_not_equal(said.id, id);
	said = (struct said) { 0 };
	report(handover, &entry, 95, 0);
	assert_int_equal(said.lines, 1);
	assert_int_equal(said.count, 3);
	assert_int_equal(said.time, 90 + OFFSET);
	free(handover);

	handover = fresh_memory();
	entry = refused(1000, 5);
	said.fails_at = 1;
	report(handover, &entry, 80, -EPIPE);
	said.fails_at = 0;
	report(handover, &entry, 90, 0);
	assert_int_equal(said.lines, 2);
	assert_int_equal(said.count, 5);
	assert_string_equal(said.id, id);
	assert_int_equal(said.time, 80 + OFFSET);
	free(handover);
}

static void forgotten(void **state)
{
	struct handover *handover = fresh_memory();
	struct limit entry = refused(1000, 5);

	(void)state;
	report(handover, &entry, 80, 0);
	assert_int_equal(suppressed_count(handover), 5);
	suppressed_forget(handover, LIMIT_SLOTS - 1);
	assert_int_equal(suppressed_count(handover), 0);
	entry.suppressed = 2;
	report(handover, &entry, 90, 0);
	assert_int_equal(said.count, 2);
	free(handover);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_once),   cmocka_unit_test(each_key_by_itself), cmocka_unit_test(of_anyone),
		cmocka_unit_test(another_key), cmocka_unit_test(over_a_kill),	     cmocka_unit_test(forgotten),
		cmocka_unit_test(in_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
