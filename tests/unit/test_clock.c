// SPDX-License-Identifier: BSD-2-Clause
/* The clocks, with a wall clock that somebody sets and a /proc of our own. */
#include "../../user/clock.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS 1000000000ll

/* Each look at a clock takes a while; the one at `slow` takes longer. */
static int64_t boot_ns, wall_ahead, step_ns = 100, slow_ns;
static int looks, slow_at = -1;

/* In place of the C library's. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	int64_t now;

	boot_ns += step_ns + (looks++ == slow_at ? slow_ns : 0);
	now = boot_ns + (id == CLOCK_REALTIME ? wall_ahead : 0);
	ts->tv_sec = now / SECOND_NS;
	ts->tv_nsec = now % SECOND_NS;
	return 0;
}

static int setup(void **state)
{
	boot_ns = 5000 * SECOND_NS;
	wall_ahead = 1000000000 * SECOND_NS;
	step_ns = 100;
	slow_at = -1;
	return 0;
}

static void assert_near(uint64_t a, uint64_t b, uint64_t most)
{
	if ((a > b ? a - b : b - a) > most)
		fail_msg("%llu and %llu", (unsigned long long)a, (unsigned long long)b);
}

/* The same moment is the same time in each line, whatever the looks at the clocks took. */
static void steady(void **state)
{
	uint64_t first = clock_wall(7), other;

	assert_near(first, wall_ahead + 7, 1000);
	for (int i = 0; i < 1000; i++) {
		step_ns = 1 + i * 7 % 3000;
		other = clock_wall(7);
		assert_int_equal(other, first);
	}
}

/* At once, be it by an hour or by a hundredth of a second, forwards or back, and before 1970. */
static void set(void **state)
{
	static const int64_t steps[] = { 3600 * SECOND_NS,  -3600 * SECOND_NS, SECOND_NS / 100,
					 -SECOND_NS / 100,  86400 * SECOND_NS, -1000000000 * SECOND_NS,
					 -10000 * SECOND_NS };

	for (size_t i = 0; i < COUNT(steps); i++) {
		wall_ahead += steps[i];
		assert_near(clock_wall(0), wall_ahead, 1000);
		assert_near(clock_boot_offset(), wall_ahead, 1000);
	}
}

/* A look that was interrupted for a second says little: another is taken. */
static void interrupted(void **state)
{
	for (int i = 0; i < 3; i++) {
		wall_ahead += 60 * SECOND_NS;
		looks = 0;
		slow_at = i;
		slow_ns = SECOND_NS;
		assert_near(clock_boot_offset(), wall_ahead, 1000);
	}
}

/* ---- time namespaces */

static char proc[32];

static void put(const char *path, const char *content)
{
	char whole[128];
	FILE *f;

	snprintf(whole, sizeof(whole), "%s/%s", proc, path);
	for (char *slash = whole + strlen(proc) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(whole, 0700);
	}
	f = fopen(whole, "w");
	assert_non_null(f);
	fputs(content, f);
	fclose(f);
}

/* Two names of one namespace. */
static void same(const char *from, const char *to)
{
	char a[128], b[128];

	put(to, "");
	snprintf(a, sizeof(a), "%s/%s", proc, from);
	snprintf(b, sizeof(b), "%s/%s", proc, to);
	assert_int_equal(unlink(b), 0);
	assert_int_equal(link(a, b), 0);
}

static int setup_proc(void **state)
{
	strcpy(proc, "/tmp/kmodwatch-unit-XXXXXX");
	return mkdtemp(proc) ? 0 : -1;
}

static int teardown_proc(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", proc);
	return system(command);
}

/* A kernel without time namespaces has no such file. */
static void no_namespace(void **state)
{
	int64_t shift = 7;

	assert_int_equal(clock_read_shift(proc, &shift), 0);
	assert_int_equal(shift, 0);
}

static void own(void **state)
{
	int64_t shift = 7;

	put("self/ns/time", "");
	same("self/ns/time", "self/ns/time_for_children");
	assert_int_equal(clock_read_shift(proc, &shift), -ENODATA);
	assert_int_equal(shift, 7);
	put("self/timens_offsets", "monotonic          0         0\nboottime      864000         5\n");
	assert_int_equal(clock_read_shift(proc, &shift), 0);
	assert_int_equal(shift, 864000 * SECOND_NS + 5);
	put("self/timens_offsets", "monotonic          1         2\nboottime      -3 0\n");
	assert_int_equal(clock_read_shift(proc, &shift), 0);
	assert_int_equal(shift, -3 * SECOND_NS);
	put("self/timens_offsets", "nonsense\n");
	assert_int_equal(clock_read_shift(proc, &shift), -ENODATA);
}

/* What the file says is the children's: after unshare() another namespace than ours. */
static void childrens(void **state)
{
	char path[64];
	int64_t shift = 7;

	put("self/ns/time", "");
	put("self/ns/time_for_children", "");
	put("self/timens_offsets", "monotonic 0 0\nboottime 864000 0\n");
	assert_int_equal(clock_read_shift(proc, &shift), -ENODATA);
	snprintf(path, sizeof(path), "%d/ns/time_for_children", getppid());
	same("self/ns/time", path);
	snprintf(path, sizeof(path), "%d/timens_offsets", getppid());
	put(path, "monotonic 0 0\nboottime 60 0\n");
	assert_int_equal(clock_read_shift(proc, &shift), 0);
	assert_int_equal(shift, 60 * SECOND_NS);
}

#define IN_PROC(test) cmocka_unit_test_setup_teardown(test, setup_proc, teardown_proc)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(steady, setup),
		cmocka_unit_test_setup(set, setup),
		cmocka_unit_test_setup(interrupted, setup),
		IN_PROC(no_namespace),
		IN_PROC(own),
		IN_PROC(childrens),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
