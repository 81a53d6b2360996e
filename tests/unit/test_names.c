// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/names.h"
#include "hostile.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void users(void **state)
{
	struct hostile *hostile = *state;
	static struct names names;

	names = (struct names) { .path = hostile->path };
	hostile_put(hostile->path, "root:x:0:0::/root:/bin/sh\n"
				   "broken\n"
				   ":x:5:5::/:\n"
				   "no-number:x:six:6::/:\n"
				   "thirty-two-bytes-are-the-longest:x:7:7::/:\n"
				   "thirty-three-bytes-are-longer-yet:x:8:8::/:\n"
				   "high:x:4294967294:1::/:\n"
				   "over:x:4294967296:1::/:\n"
				   "last:x:1000:1000::/:/bin/sh");
	assert_string_equal(names_of(&names, 0), "root");
	assert_null(names_of(&names, 5));
	assert_null(names_of(&names, 6));
	assert_string_equal(names_of(&names, 7), "thirty-two-bytes-are-the-longest");
	assert_null(names_of(&names, 8));
	assert_string_equal(names_of(&names, 4294967294), "high");
	assert_string_equal(names_of(&names, 1000), "last");
	assert_null(names_of(&names, 1001));
	assert_string_equal(names_of(&names, 0), "root");
}

/* Nobody's name stays when the file says otherwise, or is gone. */
static void changes(void **state)
{
	struct hostile *hostile = *state;
	static struct names names;

	names = (struct names) { .path = hostile->path };
	assert_null(names_of(&names, 0));
	hostile_put(hostile->path, "root:x:0:0\n");
	assert_string_equal(names_of(&names, 0), "root");
	hostile_put(hostile->path, "toor:x:0:0::/\n");
	assert_string_equal(names_of(&names, 0), "toor");
	unlink(hostile->path);
	assert_null(names_of(&names, 0));
	names.path = hostile->folder;
	assert_null(names_of(&names, 0));
	names.path = NULL;
	assert_null(names_of(&names, 0));
}

/* More users than are kept, and a line that is longer than what is read at a time: its rest is no line. */
static void many(void **state)
{
	struct hostile *hostile = *state;
	static struct names names;
	FILE *f = fopen(hostile->path, "w");

	assert_non_null(f);
	names = (struct names) { .path = hostile->path };
	for (int i = 0; i < 3 * NAMES_KEPT; i++)
		fprintf(f, "user%d:x:%d:0::/:\n", i, i);
	fprintf(f, "%0511d", 0); /* a piece ends just before what looks like a line */
	fprintf(f, "forged:x:0777777:0::/:\nbehind:x:888888:0::/:\n");
	fclose(f);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 3 * NAMES_KEPT; i++) {
			char name[16];

			snprintf(name, sizeof(name), "user%d", i);
			assert_string_equal(names_of(&names, i), name);
		}
	assert_null(names_of(&names, 777777));
	assert_string_equal(names_of(&names, 888888), "behind");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(users, hostile_setup, hostile_teardown),
		cmocka_unit_test_setup_teardown(changes, hostile_setup, hostile_teardown),
		cmocka_unit_test_setup_teardown(many, hostile_setup, hostile_teardown),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
