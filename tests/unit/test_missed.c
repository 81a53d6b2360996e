// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/modules/missed.h"
#include "../../user/modules/state.h"
#include "line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT "00000000-1111-4222-8333-444444444444"

/* A /proc/modules and a /sys/module of our own, a clock of our own, and what was told. */
struct machine {
	char root[32], modules[64], sysfs[64], state[64];
	struct missed *missed;
	uint64_t now; /* ns */
	json_object *told[8];
	size_t count;
	int answer;
};

static char *path_of(const struct machine *machine, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", machine->sysfs, name);
	return path;
}

/* The list as it is from now on; sysfs is set up by add() and drop(). */
static void list(const struct machine *machine, const char *lines)
{
	FILE *f = fopen(machine->modules, "w");

	assert_non_null(f);
	fputs(lines, f);
	fclose(f);
}

static void add(const struct machine *machine, const char *name)
{
	assert_int_equal(mkdir(path_of(machine, name), 0700), 0);
}

static void drop(const struct machine *machine, const char *name)
{
	assert_int_equal(rmdir(path_of(machine, name)), 0);
}

/* The folder of a loaded module is replaced by one with another number. */
static void reload(const struct machine *machine, const char *name)
{
	char old[128];

	strcpy(old, path_of(machine, name));
	assert_int_equal(mkdir(path_of(machine, "new"), 0700), 0);
	assert_int_equal(rmdir(old), 0);
	assert_int_equal(rename(path_of(machine, "new"), old), 0);
}

static void begin(struct machine *machine)
{
	const struct missed_places places = {
		.state = machine->state,
		.boot_id = BOOT,
		.proc_modules = machine->modules,
		.sys_module = machine->sysfs,
	};

	assert_int_equal(missed_new(&places, &machine->missed), 0);
}

static void end(struct machine *machine)
{
	missed_freep(&machine->missed);
}

static int setup(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	*state = machine;
	if (!machine)
		return -1;
	strcpy(machine->root, "/tmp/kmodwatch-unit-XXXXXX");
	if (!mkdtemp(machine->root))
		return -1;
	snprintf(machine->modules, sizeof(machine->modules), "%s/modules", machine->root);
	snprintf(machine->sysfs, sizeof(machine->sysfs), "%s/module", machine->root);
	snprintf(machine->state, sizeof(machine->state), "%s/state", machine->root);
	machine->now = 1020000000000; /* a whole minute */
	return mkdir(machine->sysfs, 0700);
}

static int teardown(void **state)
{
	struct machine *machine = *state;
	char command[64];

	end(machine);
	while (machine->count)
		json_object_put(machine->told[--machine->count]);
	snprintf(command, sizeof(command), "rm -r %s", machine->root);
	if (system(command))
		return -1;
	free(machine);
	return 0;
}

static int take(void *ctx, struct event *event)
{
	struct machine *machine = ctx;

	assert_int_equal(event->kind, EVENT_MODULE_MISSED);
	if (machine->answer)
		return machine->answer;
	assert_true(machine->count < COUNT(machine->told));
	machine->told[machine->count++] = line_of(event, NULL);
	return 0;
}

static int check(struct machine *machine)
{
	return missed_check(machine->missed, machine->now, take, machine);
}

/* What happens between a reading and its judgement. */
typedef void (*between_fn)(struct machine *machine);

/* Lets time pass as the monitor's loop does: each time something is due, a round. */
static void pass(struct machine *machine, uint64_t milliseconds, between_fn between)
{
	uint64_t until = machine->now + milliseconds * 1000000;

	for (;;) {
		int due = missed_due_ms(machine->missed, machine->now);

		assert_true(due >= 0);
		if (machine->now + due * 1000000ull > until)
			break;
		machine->now += due * 1000000ull;
		assert_int_equal(check(machine), 0);
		if (between)
			between(machine);
	}
	machine->now = until;
}

static void note(struct machine *machine, enum fact_kind kind, const char *name, uint64_t time)
{
	struct fact fact = { .kind = kind, .time = time };

	snprintf(fact.name, sizeof(fact.name), "%s", name);
	assert_int_equal(missed_note(machine->missed, &fact), 0);
}

static void coming(struct machine *machine, const char *name)
{
	note(machine, FACT_COMING, name, machine->now);
}

static void loaded(struct machine *machine, const char *name)
{
	note(machine, FACT_LIVE, name, machine->now);
}

static void unloaded(struct machine *machine, const char *name)
{
	note(machine, FACT_GONE, name, machine->now);
}

static void assert_told(struct machine *machine, size_t at, const char *change, const char *name)
{
	char expected[128];

	assert_true(at < machine->count);
	snprintf(expected, sizeof(expected), "{'change':'%s','module':{'name':'%s'}}", change, name);
	assert_json(machine->told[at], expected);
}

#define A "a 1 0 - Live 0x0\n"
#define B "b 2 0 - Live 0x0 (OE)\n"
#define C "c 3 0 - Live 0x0\n"

/* A first run with a and b loaded, which has ended. */
static void first_run(struct machine *machine)
{
	add(machine, "a");
	add(machine, "b");
	list(machine, A B);
	begin(machine);
	pass(machine, 2000, NULL);
	end(machine);
	assert_int_equal(machine->count, 0);
}

static void nothing_changed(void **state)
{
	first_run(*state);
	begin(*state);
	pass(*state, 300000, NULL);
	assert_int_equal(((struct machine *)*state)->count, 0);
}

static void changed_in_a_gap(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	add(machine, "c");
	drop(machine, "a");
	reload(machine, "b");
	list(machine, C B);
	begin(machine);
	pass(machine, 900, NULL);
	assert_int_equal(machine->count, 0);
	pass(machine, 200, NULL);
	assert_int_equal(machine->count, 1);
	assert_json(machine->told[0], "{'change':'loaded','module':{'name':'c','size':3,'state':'live','taints':''}}");
	pass(machine, 6000, NULL);
	assert_int_equal(machine->count, 4);
	assert_json(
	    machine->told[1],
	    "{'change':'unloaded','module':{'name':'a','state':'@absent','size':'@absent','taints':'@absent'}}");
	assert_told(machine, 2, "unloaded", "b");
	assert_json(machine->told[3], "{'change':'loaded','module':{'name':'b','size':2,'taints':'OE'}}");
	/* once */
	pass(machine, 300000, NULL);
	end(machine);
	begin(machine);
	pass(machine, 300000, NULL);
	assert_int_equal(machine->count, 4);
}

/* The same while running, when the minute is over. */
static void changed_without_event(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	begin(machine);
	pass(machine, 10000, NULL);
	add(machine, "c");
	list(machine, A B C);
	pass(machine, 45000, NULL);
	assert_int_equal(machine->count, 0);
	pass(machine, 10000, NULL);
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "loaded", "c");
}

/* A monitor that ends before it is sure leaves it to the next. */
static void ended_early(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	drop(machine, "a");
	list(machine, B);
	begin(machine);
	pass(machine, 3000, NULL);
	end(machine);
	assert_int_equal(machine->count, 0);
	begin(machine);
	pass(machine, 6000, NULL);
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "unloaded", "a");
}

/* What the pinned ring still held explains it. */
static void explained_by_the_ring(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	add(machine, "c");
	drop(machine, "a");
	reload(machine, "b");
	list(machine, C B);
	begin(machine);
	assert_int_equal(check(machine), 0);
	coming(machine, "c");
	loaded(machine, "c");
	unloaded(machine, "a");
	unloaded(machine, "b");
	coming(machine, "b");
	loaded(machine, "b");
	pass(machine, 300000, NULL);
	assert_int_equal(machine->count, 0);
}

/* Between two rounds a module comes and goes, so that each reading is out of date when it is judged. */
static void come_and_go(struct machine *machine)
{
	static bool there;

	there = !there;
	if (there) {
		add(machine, "c");
		list(machine, A C);
		coming(machine, "c");
		loaded(machine, "c");
	} else {
		drop(machine, "c");
		list(machine, A);
		unloaded(machine, "c");
	}
}

static void storm(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	drop(machine, "b"); /* missed: so there is a reading each second */
	list(machine, A);
	begin(machine);
	pass(machine, 2500, come_and_go);
	come_and_go(machine);
	pass(machine, 2000, come_and_go);
	assert_int_equal(machine->count, 0);
	pass(machine, 600000, come_and_go);
	come_and_go(machine);
	pass(machine, 600000, come_and_go);
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "unloaded", "b");
}

/* From module_coming to the result it may be live for long, be it that the call waits or that its return is lost. */
static void between_coming_and_result(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	begin(machine);
	pass(machine, 1000, NULL);
	add(machine, "c");
	coming(machine, "c");
	list(machine, A B "c 1 1 - Loading 0x0 (+)\n");
	pass(machine, 120000, NULL);
	list(machine, A B C);
	pass(machine, 120000, NULL);
	assert_int_equal(machine->count, 0);
	/* and then it counts as loaded */
	drop(machine, "c");
	list(machine, A B);
	pass(machine, 70000, NULL);
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "unloaded", "c");
}

static void failed_init(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	begin(machine);
	pass(machine, 1000, NULL);
	coming(machine, "c");
	note(machine, FACT_GONE, "c", machine->now);
	coming(machine, "d"); /* its result is lost */
	pass(machine, 120000, NULL);
	assert_int_equal(machine->count, 0);
	add(machine, "d"); /* which leaves nothing behind */
	list(machine, A B "d 3 0 - Live 0x0\n");
	pass(machine, 70000, NULL);
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "loaded", "d");
}

/* It is on its way, and its result will come, or it will be live. */
static void not_live_yet(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	add(machine, "c");
	list(machine, A B "c 1 1 - Loading 0x0 (+)\n");
	begin(machine);
	pass(machine, 120000, NULL);
	assert_int_equal(machine->count, 0);
	list(machine, A B C);
	pass(machine, 70000, NULL);
	assert_int_equal(machine->count, 1);
}

/* What an event was about since the reading is left to the next one, a minute later. */
static void out_of_date(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	add(machine, "c");
	list(machine, A B C);
	begin(machine);
	assert_int_equal(check(machine), 0);
	coming(machine, "c");
	unloaded(machine, "c");
	coming(machine, "d");
	loaded(machine, "d");
	pass(machine, 30000, NULL);
	assert_int_equal(machine->count, 0);
	pass(machine, 40000, NULL);
	assert_int_equal(machine->count, 2);
	assert_told(machine, 0, "loaded", "c");
	assert_told(machine, 1, "unloaded", "d");
}

/* An event between two readings that differ alike: the time counts anew. */
static void event_in_between(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	add(machine, "c");
	list(machine, A B C);
	begin(machine);
	pass(machine, 500, NULL);
	coming(machine, "c");
	unloaded(machine, "c");
	pass(machine, 1000, NULL);
	assert_int_equal(machine->count, 0);
	pass(machine, 1000, NULL);
	assert_int_equal(machine->count, 1);
}

/* Anybody can have a call refused that names a module. */
static void refused_calls(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	drop(machine, "a");
	list(machine, B);
	begin(machine);
	for (int i = 0; i < 70; i++) {
		note(machine, FACT_OTHER, "a", machine->now);
		pass(machine, 100, NULL);
	}
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "unloaded", "a");
}

/* The unload's return was missed, and it is shown after the next load. */
static void late_unload(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	begin(machine);
	pass(machine, 1000, NULL);
	reload(machine, "a");
	coming(machine, "a");
	loaded(machine, "a");
	note(machine, FACT_GONE, "a", machine->now - 5000);
	pass(machine, 200000, NULL);
	assert_int_equal(machine->count, 0);
}

/* Another thread unloaded it before its load's call returned. */
static void late_load(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	begin(machine);
	pass(machine, 1000, NULL);
	coming(machine, "c");
	unloaded(machine, "c");
	loaded(machine, "c");
	pass(machine, 200000, NULL);
	assert_int_equal(machine->count, 0);
}

/* A list that is read in pieces may lack one; one that ends at a line that is not understood lacks more. */
static void torn_list(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	list(machine, B);
	begin(machine);
	pass(machine, 60000, NULL);
	list(machine, "garbage\n" A B);
	pass(machine, 60000, NULL);
	list(machine, A "b 2 0 - Unloading 0x0 (-)\n");
	pass(machine, 60000, NULL);
	assert_int_equal(remove(machine->modules), 0);
	pass(machine, 120000, NULL);
	assert_int_equal(machine->count, 0);
}

/* Without sysfs there are no numbers, and names still tell. */
static void without_sysfs(void **state)
{
	struct machine *machine = *state;

	first_run(machine);
	drop(machine, "a");
	drop(machine, "b");
	assert_int_equal(rmdir(machine->sysfs), 0);
	list(machine, C A);
	begin(machine);
	pass(machine, 7000, NULL);
	assert_int_equal(machine->count, 2);
	assert_told(machine, 0, "loaded", "c");
	assert_told(machine, 1, "unloaded", "b");
	list(machine, "garbage\n" C A);
	pass(machine, 120000, NULL);
	assert_int_equal(machine->count, 2);
	assert_int_equal(mkdir(machine->sysfs, 0700), 0);
}

/* A list that cannot be read at first is no list of which something is missing. */
static void first_list_broken(void **state)
{
	struct machine *machine = *state;

	list(machine, "garbage\n" A);
	add(machine, "a");
	begin(machine);
	pass(machine, 61000, NULL);
	list(machine, A);
	pass(machine, 200000, NULL);
	assert_int_equal(machine->count, 0);
	drop(machine, "a");
	list(machine, "");
	pass(machine, 70000, NULL);
	assert_int_equal(machine->count, 1);
}

/* Odd names go to the disk and come back. */
static void odd_names(void **state)
{
	static const char name[] = "a b/%\xff\n";
	static const char folder[] = "a b!%\xff\n";
	struct machine *machine = *state;

	list(machine, "");
	begin(machine);
	pass(machine, 1000, NULL);
	add(machine, folder);
	coming(machine, name);
	loaded(machine, name);
	end(machine);
	drop(machine, folder);
	begin(machine);
	pass(machine, 7000, NULL);
	assert_int_equal(machine->count, 1);
	assert_json(machine->told[0], "{'change':'unloaded','module':{'name_hex':'6120622f25ff0a'}}");
}

/* The run ends on such an error; the next one has it to tell again. */
static void refused_line(void **state)
{
	struct machine *machine = *state;
	int err = 0;

	first_run(machine);
	add(machine, "c");
	list(machine, A B C);
	begin(machine);
	machine->answer = -EPIPE;
	for (int i = 0; i < 10 && !err; i++, machine->now += 1000000000)
		err = check(machine);
	assert_int_equal(err, -EPIPE);
	end(machine);
	machine->answer = 0;
	begin(machine);
	pass(machine, 2000, NULL);
	assert_int_equal(machine->count, 1);
	assert_told(machine, 0, "loaded", "c");
}

static void none(void **state)
{
	struct missed *missed = NULL;
	struct fact fact = { .kind = FACT_LIVE };

	assert_int_equal(missed_due_ms(NULL, 0), -1);
	assert_int_equal(missed_check(NULL, 0, take, NULL), 0);
	assert_int_equal(missed_note(NULL, &fact), 0);
	missed_freep(&missed);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_MACHINE(nothing_changed),
		ON_MACHINE(changed_in_a_gap),
		ON_MACHINE(changed_without_event),
		ON_MACHINE(ended_early),
		ON_MACHINE(explained_by_the_ring),
		ON_MACHINE(storm),
		ON_MACHINE(between_coming_and_result),
		ON_MACHINE(failed_init),
		ON_MACHINE(not_live_yet),
		ON_MACHINE(out_of_date),
		ON_MACHINE(event_in_between),
		ON_MACHINE(refused_calls),
		ON_MACHINE(late_unload),
		ON_MACHINE(late_load),
		ON_MACHINE(torn_list),
		ON_MACHINE(without_sysfs),
		ON_MACHINE(first_list_broken),
		ON_MACHINE(odd_names),
		ON_MACHINE(refused_line),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests_name("missed", tests, NULL, NULL);
}
