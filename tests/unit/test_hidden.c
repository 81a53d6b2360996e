// SPDX-License-Identifier: BSD-2-Clause
/* Modules that hide, with a /proc/modules, a /sys/module and a clock of our own. */
#include "../../user/modules/modules.h"
#include "records.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct machine {
	char root[32], modules[64], sysfs[64];
	struct kept_table *kept;
	struct modules *watched;
	uint64_t now;
	char told[256];	    /* of the last event: names and places; "": none came */
	size_t count, lost; /* module_hidden, events_lost */
};

static int take(void *ctx, struct event *event)
{
	const struct text *places = event->missing_from.items;
	struct machine *machine = ctx;

	if (event->kind == EVENT_EVENTS_LOST) {
		assert_text(event->what, "module list");
		assert_known(event->count, UNKNOWN);
		machine->lost++;
	}
	if (event->kind == EVENT_EVENTS_LOST || event->kind == EVENT_MODULE_MISSED) /* test_missed.c */
		return 0;
	assert_int_equal(event->kind, EVENT_MODULE_HIDDEN);
	snprintf(machine->told, sizeof(machine->told), "%s", event->module.name.bytes);
	for (size_t i = 0; i < event->missing_from.count; i++) {
		strcat(machine->told, " ");
		strcat(machine->told, places[i].bytes);
	}
	machine->count++;
	return 0;
}

static void begin(struct machine *machine)
{
	const struct modules_places places = { .lists = { machine->modules, machine->sysfs } };

	assert_int_equal(modules_new(machine->kept, &places, machine->now, &machine->watched), 0);
}

static int setup(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	strcpy(machine->root, "/tmp/kmodwatch-unit-XXXXXX");
	assert_non_null(mkdtemp(machine->root));
	snprintf(machine->modules, sizeof(machine->modules), "%s/modules", machine->root);
	snprintf(machine->sysfs, sizeof(machine->sysfs), "%s/module", machine->root);
	machine->kept = calloc(1, sizeof(*machine->kept));
	machine->now = 1000000000000;
	begin(machine);
	*state = machine;
	return mkdir(machine->sysfs, 0700);
}

static int teardown(void **state)
{
	struct machine *machine = *state;
	char command[64];

	modules_freep(&machine->watched);
	snprintf(command, sizeof(command), "rm -r %s", machine->root);
	free(machine->kept);
	free(machine);
	return system(command);
}

static void write_list(const struct machine *machine, const char *lines)
{
	FILE *f = fopen(machine->modules, "w");

	assert_non_null(f);
	fputs(lines, f);
	fclose(f);
}

/* What /proc/modules holds from now on: these names. */
static void list(const struct machine *machine, const char *names)
{
	FILE *f = fopen(machine->modules, "w");
	char copy[128], *rest = copy, *name;

	assert_non_null(f);
	snprintf(copy, sizeof(copy), "%s", names);
	while ((name = strsep(&rest, " ")))
		if (*name)
			fprintf(f, "%s 16384 0 - Live 0x0000000000000000\n", name);
	fclose(f);
}

static void sysfs(const struct machine *machine, const char *name, bool there)
{
	char folder[128], file[160];

	snprintf(folder, sizeof(folder), "%s/%s", machine->sysfs, name);
	snprintf(file, sizeof(file), "%s/initstate", folder);
	if (there) {
		FILE *f;

		assert_int_equal(mkdir(folder, 0700), 0);
		f = fopen(file, "w");
		assert_non_null(f);
		fclose(f);
	} else {
		assert_int_equal(unlink(file), 0);
		assert_int_equal(rmdir(folder), 0);
	}
}

static void send(struct machine *machine, enum fact_kind kind, const char *name, uint64_t address)
{
	struct fact fact = { .kind = kind, .time = machine->now, .address = address };

	snprintf(fact.name, sizeof(fact.name), "%s", name);
	assert_int_equal(modules_note(machine->watched, &fact, machine->now), 0);
}

static void returned(struct machine *machine, uint64_t address, int64_t ret)
{
	send(machine, ret ? FACT_GONE : FACT_LIVE, "", address);
}

static void load(struct machine *machine, const char *name, uint64_t address)
{
	send(machine, FACT_COMING, name, address);
	returned(machine, address, 0);
}

/* Lets time go by, a check whenever one is due; returns how many events came. */
static size_t pass(struct machine *machine, unsigned int seconds)
{
	uint64_t end = machine->now + seconds * 1000000000ull;

	machine->count = 0;
	machine->told[0] = '\0';
	for (;;) {
		uint64_t due = modules_due_ms(machine->watched, machine->now) * 1000000ull;

		if (machine->now + due > end)
			break;
		machine->now += due;
		assert_int_equal(modules_check(machine->watched, machine->now, take, machine), 0);
	}
	machine->now = end;
	return machine->count;
}

/* Told once, within 3 s; told again when it was back and hides anew, and when it is missing elsewhere too. */
static void hides(void **state)
{
	struct machine *machine = *state;

	list(machine, "b a");
	sysfs(machine, "a", true);
	load(machine, "a", 1);
	assert_int_equal(pass(machine, 100), 0);
	list(machine, "b");
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "a /proc/modules");
	list(machine, "a");
	assert_int_equal(pass(machine, 130), 0);
	sysfs(machine, "a", false);
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "a /sys/module");
	list(machine, "");
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "a /proc/modules /sys/module");
}

static void at_once(void **state)
{
	struct machine *machine = *state;

	list(machine, "");
	load(machine, "a", 1);
	assert_int_equal(pass(machine, 3), 1);
	assert_int_equal(pass(machine, 300), 0);
	modules_freep(&machine->watched); /* a kill: the next one knows that it was told */
	begin(machine);
	assert_int_equal(pass(machine, 300), 0);
}

/* Later than a second after its load. */
static void after_five_seconds(void **state)
{
	struct machine *machine = *state;

	list(machine, "a");
	sysfs(machine, "a", true);
	load(machine, "a", 1);
	assert_int_equal(pass(machine, 5), 0);
	list(machine, "");
	assert_int_equal(pass(machine, 7), 1);
}

static void ordinary(void **state)
{
	struct machine *machine = *state;

	list(machine, "");
	load(machine, "a", 1); /* unloaded */
	send(machine, FACT_GONE, "a", 1);
	send(machine, FACT_COMING, "b", 2); /* its init failed */
	returned(machine, 2, -19);
	send(machine, FACT_COMING, "c", 3); /* unloaded before its load returned */
	send(machine, FACT_GONE, "c", 3);
	returned(machine, 3, 0);
	list(machine, "d");
	sysfs(machine, "d", true);
	send(machine, FACT_COMING, "d", 4); /* its init is under way */
	assert_int_equal(pass(machine, 200), 0);
}

/* In an init that does not return: asleep, or dead after an oops. */
static void in_its_init(void **state)
{
	struct machine *machine = *state;

	list(machine, "");
	sysfs(machine, "a", true);
	assert_int_equal(pass(machine, 20), 0);
	send(machine, FACT_COMING, "a", 1);
	assert_int_equal(pass(machine, 3), 1);
	assert_string_equal(machine->told, "a /proc/modules");
	assert_int_equal(pass(machine, 200), 0);
}

/* Its init failed, and it is taken out of the lists slowly: what tells so comes before that. */
static void failing_slowly(void **state)
{
	struct machine *machine = *state;

	list(machine, "");
	send(machine, FACT_COMING, "a", 1);
	send(machine, FACT_GONE, "a", 1);
	assert_int_equal(pass(machine, 20), 0);
	returned(machine, 1, -19);
	assert_int_equal(pass(machine, 200), 0);
}

/* The kernel escapes nothing. What a name adds to the list is no line of another's, and makes none unreadable. */
static void names_with_breaks(void **state)
{
	static const char *const names[] = { "x\ny", "a 1 0 - Live 0x0\nz" };
	struct machine *machine = *state;

	write_list(machine, "a 1 0 - Live 0x0\nz 1 0 - Live 0x0\nx\ny 1 0 - Live 0x0\nb 1 0 - Live 0x0\n");
	sysfs(machine, "a", true);
	sysfs(machine, "b", true);
	for (size_t i = 0; i < COUNT(names); i++) {
		sysfs(machine, names[i], true);
		load(machine, names[i], i + 1);
	}
	load(machine, "b", 3);
	assert_int_equal(pass(machine, 200), 0);
	load(machine, "a", 4);
	assert_int_equal(pass(machine, 3), 1);
	assert_string_equal(machine->told, "a /proc/modules");
	write_list(machine, "a 1 0 - Live 0x0\nz 1 0 - Live 0x0\nx\ny 1 0 - Live 0x0\n");
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "b /proc/modules");
	write_list(machine, "x\nb 1 0 - Live 0x0\na 1 0 - Live 0x0\nz 1 0 - Live 0x0\n");
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "x\ny /proc/modules");
}

/* Loaded before the monitor: its name is known from sysfs, or its line is not understood. The others are judged. */
static void unknown_breaks(void **state)
{
	struct machine *machine = *state;

	write_list(machine, "x\ny 1 0 - Live 0x0\na 1 0 - Live 0x0\n");
	sysfs(machine, "a", true);
	sysfs(machine, "b", true);
	sysfs(machine, "y", true);
	load(machine, "a", 1);
	load(machine, "b", 2);
	assert_int_equal(pass(machine, 20), 1);
	assert_string_equal(machine->told, "b /proc/modules");
	load(machine, "y", 3);
	assert_int_equal(pass(machine, 20), 0); /* nothing tells that this is no line of its own */
	sysfs(machine, "x\ny", true);
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "y /proc/modules");
}

/* sysfs has `!` for a slash, and there is no way to a module that is called `..`. */
static void names_with_slashes(void **state)
{
	struct machine *machine = *state;

	list(machine, "a/b ../outside ..");
	sysfs(machine, "a!b", true);
	load(machine, "a/b", 1);
	load(machine, "..", 2);
	assert_int_equal(pass(machine, 130), 0);
	sysfs(machine, "../outside", true); /* what the name leads to as it is */
	load(machine, "../outside", 3);
	assert_int_equal(pass(machine, 3), 1);
	assert_string_equal(machine->told, "../outside /sys/module");
}

/* Missing for less than a second. */
static void for_a_moment(void **state)
{
	struct machine *machine = *state;

	list(machine, "a");
	sysfs(machine, "a", true);
	load(machine, "a", 1);
	assert_int_equal(pass(machine, 20), 0);
	machine->now += 60000000000;
	list(machine, "");
	assert_int_equal(pass(machine, 0), 0); /* read, and judged */
	list(machine, "a");
	assert_int_equal(pass(machine, 200), 0);
}

/* One that hides, and another of its name, which is in the lists. */
static void namesake(void **state)
{
	struct machine *machine = *state;

	list(machine, "a");
	sysfs(machine, "a", true);
	load(machine, "a", 1);
	machine->now++;
	load(machine, "a", 2);
	assert_int_equal(pass(machine, 3), 1);
	assert_string_equal(machine->told, "a /proc/modules /sys/module");
	send(machine, FACT_GONE, "a", 2);
	assert_int_equal(pass(machine, 130), 0);
}

/* Nothing is said of a list that cannot be read, but that it cannot, once each time. The other one is judged. */
static void unknown(void **state)
{
	struct machine *machine = *state;

	sysfs(machine, "a", true);
	load(machine, "a", 1); /* there is no list */
	assert_int_equal(pass(machine, 200), 0);
	assert_int_equal(machine->lost, 1);
	list(machine, "a");
	assert_int_equal(pass(machine, 70), 0);
	sysfs(machine, "a", false);
	assert_int_equal(rmdir(machine->sysfs), 0);
	assert_int_equal(pass(machine, 200), 0);
	assert_int_equal(machine->lost, 2);
	list(machine, "");
	assert_int_equal(pass(machine, 70), 1);
	assert_string_equal(machine->told, "a /proc/modules");
	assert_int_equal(unlink(machine->modules), 0); /* neither can be read: it is still known to hide */
	assert_int_equal(pass(machine, 200), 0);
	assert_int_equal(machine->lost, 3);
	list(machine, "");
	assert_int_equal(pass(machine, 200), 0);
	assert_int_equal(mkdir(machine->sysfs, 0700), 0);
	assert_int_equal(pass(machine, 130), 1);
	assert_string_equal(machine->told, "a /proc/modules /sys/module");
	assert_int_equal(machine->lost, 3);
}

/* Ends may have gone unseen: what came before may have been freed, and what comes later not. */
static void doubted(void **state)
{
	struct machine *machine = *state;

	list(machine, "");
	load(machine, "a", 1);
	modules_doubt(machine->watched);
	assert_int_equal(pass(machine, 200), 0);
	load(machine, "a", 1);
	assert_int_equal(pass(machine, 3), 1);
}

#define WITH_MACHINE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_MACHINE(hides),
		WITH_MACHINE(at_once),
		WITH_MACHINE(after_five_seconds),
		WITH_MACHINE(ordinary),
		WITH_MACHINE(for_a_moment),
		WITH_MACHINE(namesake),
		WITH_MACHINE(unknown),
		WITH_MACHINE(doubted),
		WITH_MACHINE(in_its_init),
		WITH_MACHINE(failing_slowly),
		WITH_MACHINE(names_with_breaks),
		WITH_MACHINE(unknown_breaks),
		WITH_MACHINE(names_with_slashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
