// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/calls/thread.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 4194305 }; /* above PID_MAX_LIMIT */

static char proc[] = "/tmp/kmodwatch-unit-XXXXXX";

/* What /proc says of the thread; NULL: nothing. */
static void says(uint32_t tid, const char *words)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%u", proc, tid);
	mkdir(path, 0700);
	strcat(path, "/syscall");
	unlink(path);
	if (!words)
		return;
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(words, f);
	fclose(f);
}

static void where(void **state)
{
	char call[64];

	assert_true(thread_has_left_call(proc, NOBODY));
	assert_false(thread_has_left_call(proc, getpid())); /* hidden, but there */
	snprintf(call, sizeof(call), "%d 0x3 0x0\n", (int)SYS_finit_module);
	says(7, call);
	assert_false(thread_has_left_call(proc, 7));
	says(7, "running\n");
	assert_false(thread_has_left_call(proc, 7));
	says(7, "1 0x1 0x0\n");
	assert_true(thread_has_left_call(proc, 7));
	says(7, "-1 0x7ffd 0x7f\n"); /* in none */
	assert_true(thread_has_left_call(proc, 7));
	says(NOBODY, NULL); /* a kernel without the file: there it is */
	assert_false(thread_has_left_call(proc, NOBODY));
}

static int setup(void **state)
{
	return mkdtemp(proc) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", proc);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(where) };

	return cmocka_run_group_tests(tests, setup, teardown);
}
