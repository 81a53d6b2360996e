// SPDX-License-Identifier: BSD-2-Clause
/* The table of modules: what facts make of it, what a full one does, and what is left of it for the next run. */
#include "../../user/clock.h"
#include "../../user/modules/modules.h"
#include "../../user/modules/transition.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char root[32], modules[64], sysfs[64];
	struct kept_table *kept;
	struct state state; /* keeps nothing */
	struct table table;
	struct modules *watched;
	uint64_t now, since, count;
	size_t lost, hidden, missed;
	char what[32];
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	*state = place;
	strcpy(place->root, "/tmp/kmodwatch-unit-XXXXXX");
	if (!mkdtemp(place->root))
		return -1;
	snprintf(place->modules, sizeof(place->modules), "%s/modules", place->root);
	snprintf(place->sysfs, sizeof(place->sysfs), "%s/module", place->root);
	place->kept = calloc(1, sizeof(*place->kept));
	place->now = 1000000000000;
	state_init(&place->state, NULL, "");
	table_open(&place->table, place->kept, &place->state);
	return mkdir(place->sysfs, 0700);
}

static int teardown(void **state)
{
	struct place *place = *state;
	char command[64];

	modules_freep(&place->watched);
	snprintf(command, sizeof(command), "rm -r %s", place->root);
	free(place->kept);
	free(place);
	return system(command);
}

static bool send(struct place *place, enum fact_kind kind, const char *name, uint64_t address, uint64_t time)
{
	struct fact fact = { .kind = kind, .time = time, .address = address };

	snprintf(fact.name, sizeof(fact.name), "%s", name);
	return transition_take(&place->table, &fact, place->sysfs, time + 1000);
}

/* The entries, as "name@address:state,how" one after the other. */
static const char *shown(const struct place *place)
{
	static const char *const states[] = { "", "coming", "live" };
	static const char *const hows[] = { "watched", "doubted", "listed", "kept" };
	static char all[512];

	all[0] = '\0';
	for (const struct module_entry *entry = NULL; (entry = table_next(&place->table, entry));)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s@%llu:%s,%s", all[0] ? " " : "",
			 entry->name, (unsigned long long)entry->address, states[entry->state], hows[entry->how]);
	return all;
}

static void sysfs(const struct place *place, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", place->sysfs, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* ---- the arrows of transition.h */

static void life(void **state)
{
	struct place *place = *state;

	assert_true(send(place, FACT_COMING, "a", 7, 100));
	assert_string_equal(shown(place), "a@7:coming,watched");
	assert_true(send(place, FACT_LIVE, "", 7, 110));
	assert_string_equal(shown(place), "a@7:live,watched");
	assert_false(send(place, FACT_GONE, "", 7, 120));
	assert_string_equal(shown(place), "");
	send(place, FACT_COMING, "a", 7, 130); /* its init fails */
	send(place, FACT_GONE, "a", 7, 140);
	assert_string_equal(shown(place), "");
	send(place, FACT_OTHER, "a", 7, 150);
	assert_string_equal(shown(place), "");
}

/* Each from two witnesses, which do not know the same, and the last one again after a kill. */
static void repeated(void **state)
{
	struct place *place = *state;

	send(place, FACT_COMING, "a", 7, 100);
	assert_false(send(place, FACT_COMING, "a", 7, 101));
	assert_false(send(place, FACT_COMING, "a", 0, 101));
	send(place, FACT_LIVE, "a", 7, 110);
	assert_false(send(place, FACT_LIVE, "", 7, 115));
	assert_false(send(place, FACT_LIVE, "a", 0, 116));
	assert_false(send(place, FACT_COMING, "a", 7, 101)); /* late */
	assert_string_equal(shown(place), "a@7:live,watched");
	send(place, FACT_GONE, "a", 7, 120);
	send(place, FACT_GONE, "a", 7, 125);
	send(place, FACT_GONE, "a", 0, 125);
	assert_string_equal(shown(place), "");
}

/* The load's call returns, and says so, after another thread unloaded the module. */
static void late_live(void **state)
{
	struct place *place = *state;

	send(place, FACT_COMING, "a", 7, 100);
	send(place, FACT_GONE, "a", 7, 110);
	assert_false(send(place, FACT_LIVE, "a", 7, 120));
	assert_string_equal(shown(place), "");
	send(place, FACT_COMING, "a", 8, 115); /* loaded again meanwhile, and under way */
	assert_false(send(place, FACT_LIVE, "a", 7, 120));
	assert_string_equal(shown(place), "a@8:coming,watched");
}

/* The end of the load before, told after this one came: at the same address, at another, and by its name alone. */
static void late_gone(void **state)
{
	struct place *place = *state;

	send(place, FACT_COMING, "a", 7, 100);
	send(place, FACT_LIVE, "a", 7, 110);
	send(place, FACT_GONE, "a", 7, 90);
	send(place, FACT_GONE, "a", 8, 120);
	send(place, FACT_GONE, "a", 0, 90);
	assert_string_equal(shown(place), "a@7:live,watched");
	send(place, FACT_GONE, "a", 0, 120);
	assert_string_equal(shown(place), "");
}

/* It was unloaded before its result was known, at a time between: it is gone. */
static void gone_before_result(void **state)
{
	struct place *place = *state;

	send(place, FACT_COMING, "a", 7, 100);
	send(place, FACT_LIVE, "a", 7, 150);
	send(place, FACT_GONE, "a", 7, 140);
	assert_string_equal(shown(place), "");
}

/* Its end was not seen: the address has another, or the same anew. */
static void unseen_end(void **state)
{
	struct place *place = *state;

	send(place, FACT_COMING, "a", 7, 100);
	send(place, FACT_LIVE, "a", 7, 110);
	assert_true(send(place, FACT_COMING, "b", 7, 200));
	assert_string_equal(shown(place), "b@7:coming,watched");
	send(place, FACT_LIVE, "b", 7, 210);
	assert_true(send(place, FACT_COMING, "b", 7, 300));
	assert_string_equal(shown(place), "b@7:coming,watched");
}

/* Its coming was lost: sysfs tells whether it is still there. */
static void unseen_coming(void **state)
{
	struct place *place = *state;

	assert_false(send(place, FACT_LIVE, "a", 7, 100));
	sysfs(place, "b");
	assert_true(send(place, FACT_LIVE, "b", 8, 100));
	assert_string_equal(shown(place), "b@0:live,listed");
	send(place, FACT_GONE, "b", 8, 110);
	assert_string_equal(shown(place), "");
	assert_false(send(place, FACT_LIVE, "", 9, 100));
}

/* The kernel lets no name in twice, so what was only listed under that name is gone; what came and hides is not. */
static void namesakes(void **state)
{
	struct place *place = *state;
	const struct module_entry listed = { .state = ENTRY_LIVE, .how = ENTRY_LISTED, .name = "a" };

	assert_non_null(table_put(&place->table, &listed, 50));
	send(place, FACT_COMING, "a", 7, 100);
	assert_string_equal(shown(place), "a@7:coming,watched");
	send(place, FACT_LIVE, "a", 7, 110);
	send(place, FACT_COMING, "a", 8, 120);
	assert_string_equal(shown(place), "a@7:live,watched a@8:coming,watched");
	assert_int_equal(table_by_name(&place->table, "a")->address, 8);
	table_doubt(&place->table);
	assert_string_equal(shown(place), "a@8:coming,doubted");
	send(place, FACT_COMING, "a", 9, 130);
	assert_string_equal(shown(place), "a@9:coming,watched");
	send(place, FACT_LIVE, "a", 9, 140);
	table_doubt(&place->table);
	send(place, FACT_GONE, "a", 9, 150);
	assert_string_equal(shown(place), "");
}

/* Any bytes that a name can have, at any length. */
static void all_bytes(void **state)
{
	struct place *place = *state;
	char name[MODULE_NAME_SIZE];

	for (int byte = 1; byte < 256; byte++) {
		memset(name, byte, sizeof(name));
		name[1 + byte % MODULE_NAME_MAX] = '\0';
		assert_true(send(place, FACT_COMING, name, byte, 100));
	}
	for (int byte = 1; byte < 256; byte++) {
		memset(name, byte, sizeof(name));
		name[1 + byte % MODULE_NAME_MAX] = '\0';
		assert_int_equal(table_by_name(&place->table, name)->address, byte);
		send(place, FACT_GONE, name, 0, 110);
	}
	assert_string_equal(shown(place), "");
}

/* ---- a full one */

static int take(void *ctx, struct event *event)
{
	struct place *place = ctx;

	switch (event->kind) {
	case EVENT_EVENTS_LOST:
		place->lost++;
		snprintf(place->what, sizeof(place->what), "%s", event->what.bytes);
		place->count = event->count.known == KNOWN ? event->count.value : UINT64_MAX;
		place->since = event->since.value - clock_wall(0);
		return 0;
	case EVENT_MODULE_HIDDEN:
		place->hidden++;
		return 0;
	default:
		assert_int_equal(event->kind, EVENT_MODULE_MISSED);
		place->missed++;
		return 0;
	}
}

static void begin(struct place *place)
{
	const struct modules_places places = { .boot_id = "", .lists = { place->modules, place->sysfs } };

	assert_int_equal(modules_new(place->kept, &places, place->now, &place->watched), 0);
}

/* What /proc/modules and /sys/module hold: the modules m0 to m(count-1). Only their initstate is looked for. */
static void list(const struct place *place, int from, int to)
{
	FILE *f = fopen(place->modules, "w");

	assert_non_null(f);
	for (int i = from; i < to; i++)
		fprintf(f, "m%d 16384 0 - Live 0x0\n", i);
	fclose(f);
}

static void note(struct place *place, enum fact_kind kind, int i)
{
	struct fact fact = { .kind = kind, .time = place->now, .address = 1000 + i };

	snprintf(fact.name, sizeof(fact.name), "m%d", i);
	assert_int_equal(modules_note(place->watched, &fact, place->now), 0);
}

static void pass(struct place *place, unsigned int seconds)
{
	uint64_t end = place->now + seconds * 1000000000ull;

	place->lost = place->hidden = place->missed = 0;
	for (;;) {
		uint64_t due = modules_due_ms(place->watched, place->now) * 1000000ull;

		if (place->now + due > end)
			break;
		place->now += due;
		assert_int_equal(modules_check(place->watched, place->now, take, place), 0);
	}
	place->now = end;
}

/* sysfs is left out: it is told as a gap once, and then only the list counts. */
static void full(void **state)
{
	enum { MORE = 10 };
	struct place *place = *state;
	uint64_t since;

	assert_int_equal(rmdir(place->sysfs), 0);
	list(place, 0, 0);
	begin(place);
	pass(place, 1);
	assert_string_equal(place->what, "module list");
	since = place->now;
	for (int i = 0; i < TABLE_MAX + MORE; i++) {
		note(place, FACT_COMING, i);
		note(place, FACT_LIVE, i);
	}
	list(place, 0, TABLE_MAX + MORE);
	pass(place, 200);
	assert_int_equal(place->lost, 1);
	assert_string_equal(place->what, "module table");
	assert_int_equal(place->count, MORE);
	assert_int_equal(place->since, since);
	assert_int_equal(place->hidden + place->missed, 0); /* those without an entry are not missed */
	modules_freep(&place->watched);
	begin(place); /* neither by the next run */
	pass(place, 200);
	assert_int_equal(place->lost, 1); /* of sysfs */
	assert_int_equal(place->hidden + place->missed, 0);
	/* one that has an entry hides: it is told, as ever */
	list(place, 1, TABLE_MAX + MORE);
	pass(place, 130);
	assert_int_equal(place->hidden, 1);
	/* there is room again, and then the rest are known like all others */
	list(place, MORE + 1, TABLE_MAX + MORE);
	for (int i = 0; i <= MORE; i++)
		note(place, FACT_GONE, i);
	pass(place, 130);
	assert_int_equal(place->lost + place->hidden + place->missed, 0);
	list(place, MORE + 1, TABLE_MAX + MORE - 1);
	pass(place, 130);
	assert_int_equal(place->missed, 1);
	list(place, MORE + 1, TABLE_MAX + MORE + 1);
	pass(place, 130);
	assert_int_equal(place->missed, 2); /* m(TABLE_MAX+MORE-1) again, and one more: both unseen */
	assert_int_equal(mkdir(place->sysfs, 0700), 0);
}

/* What was loaded when a run ended is what the next one on the same pins expects, without a list on disk. */
static void pinned(void **state)
{
	struct place *place = *state;

	assert_int_equal(rmdir(place->sysfs), 0);
	list(place, 0, 3);
	begin(place);
	pass(place, 70);
	modules_freep(&place->watched);
	list(place, 1, 4);
	begin(place);
	pass(place, 130);
	assert_int_equal(place->missed, 2);
	assert_int_equal(mkdir(place->sysfs, 0700), 0);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_PLACE(life),
		IN_PLACE(repeated),
		IN_PLACE(late_live),
		IN_PLACE(late_gone),
		IN_PLACE(gone_before_result),
		IN_PLACE(unseen_end),
		IN_PLACE(unseen_coming),
		IN_PLACE(namesakes),
		IN_PLACE(all_bytes),
		IN_PLACE(full),
		IN_PLACE(pinned),
	};

	return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
