// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/monitor/tasks.h"
#include "unit.h"

#include <string.h>

/* Three tasks, whose names they leave when they run. */
static struct {
	char ran[32];
	int due[3]; /* what each says */
	int fails;  /* which one; -1: none */
} scene;

static void note(int i)
{
	strcat(scene.ran, (const char *[]) { "a", "b", "s" }[i]);
}

static int due_a(void *ctx, uint64_t now)
{
	return scene.due[0];
}

static int due_b(void *ctx, uint64_t now)
{
	return scene.due[1];
}

static int due_s(void *ctx, uint64_t now)
{
	return scene.due[2];
}

static int run_a(void *ctx, uint64_t now)
{
	note(0);
	return scene.fails == 0 ? -5 : 0;
}

static int run_b(void *ctx, uint64_t now)
{
	note(1);
	return scene.fails == 1 ? -6 : 0;
}

static int run_s(void *ctx, uint64_t now)
{
	note(2);
	return 0;
}

static void make(struct tasks *tasks)
{
	static const struct task list[] = {
		{ .name = "a", due_a, run_a },
		{ .name = "b", due_b, run_b },
		{ .name = "s", due_s, run_s, .silent = true },
	};

	memset(&scene, 0, sizeof(scene));
	scene.fails = -1;
	tasks_init(tasks, list, COUNT(list), NULL);
}

static void says(int a, int b, int s)
{
	scene.due[0] = a;
	scene.due[1] = b;
	scene.due[2] = s;
}

static uint64_t at(uint64_t ms)
{
	return ms * 1000000;
}

#define assert_runs(expected, call)                         \
	do {                                                \
		scene.ran[0] = '\0';                        \
		call;                                       \
		assert_string_equal(scene.ran, (expected)); \
	} while (0)

static void all_at_the_start(void **state)
{
	struct tasks tasks;

	make(&tasks);
	says(-1, 70, -1);
	assert_runs("abs", assert_int_equal(tasks_run(&tasks, at(1)), 0));
}

static void the_soonest(void **state)
{
	struct tasks tasks;

	make(&tasks);
	says(-1, -1, -1);
	assert_int_equal(tasks_plan(&tasks, at(1)), -1);
	says(-1, 70, 90);
	assert_int_equal(tasks_plan(&tasks, at(1)), 70);
	says(0, 70, 90);
	assert_int_equal(tasks_plan(&tasks, at(1)), 0);
}

/* One that only ever says "soon" is run when that time is over, one that is woken at once. */
static void planned_or_woken(void **state)
{
	struct tasks tasks;

	make(&tasks);
	says(20, -1, 50);
	tasks_plan(&tasks, at(100));
	assert_runs("", tasks_run(&tasks, at(119)));
	assert_runs("a", tasks_run(&tasks, at(120)));
	says(20, 0, 50);
	assert_runs("b", tasks_run(&tasks, at(119)));
	assert_runs("abs", tasks_run(&tasks, at(150)));
	tasks_plan(&tasks, at(150));
	says(20, -1, 50);
	tasks_plan(&tasks, at(150));
	assert_runs("", tasks_run(&tasks, at(151)));
}

static void an_error_ends_the_round(void **state)
{
	struct tasks tasks;

	make(&tasks);
	scene.fails = 0;
	assert_runs("a", assert_int_equal(tasks_run(&tasks, at(1)), -5));
	scene.fails = 1;
	assert_runs("ab", assert_int_equal(tasks_run(&tasks, at(1)), -6));
}

static void silent_ones(void **state)
{
	struct tasks tasks;

	make(&tasks);
	says(0, 0, 50);
	assert_runs("s", tasks_run_silent(&tasks, at(1)));
	tasks_plan(&tasks, at(100));
	assert_runs("", tasks_run_silent(&tasks, at(149)));
	assert_runs("s", tasks_run_silent(&tasks, at(150)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_at_the_start), cmocka_unit_test(the_soonest),
		cmocka_unit_test(planned_or_woken), cmocka_unit_test(an_error_ends_the_round),
		cmocka_unit_test(silent_ones),
	};

	return cmocka_run_group_tests_name("tasks", tests, NULL, NULL);
}
