// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/format.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A terminal, and what is none. */
static int terminal, file;

static int open_both(void **state)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	file = open("/dev/null", O_WRONLY);
	return terminal < 0 || file < 0 ? -1 : 0;
}

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void outputs(void **state)
{
	assert_int_equal(output_chosen(OUTPUT_DEFAULT, terminal), OUTPUT_TEXT);
	assert_int_equal(output_chosen(OUTPUT_DEFAULT, file), OUTPUT_JSON);
	assert_int_equal(output_chosen(OUTPUT_DEFAULT, -1), OUTPUT_JSON);
	assert_int_equal(output_chosen(OUTPUT_JSON, terminal), OUTPUT_JSON);
	assert_int_equal(output_chosen(OUTPUT_TEXT, file), OUTPUT_TEXT);
	assert_int_equal(output_chosen(OUTPUT_JOURNAL, terminal), OUTPUT_JOURNAL);
}

/* no-color.org: present and not empty. What is asked for on the command line beats it. */
static void colours(void **state)
{
	static const struct {
		enum colour wanted;
		bool terminal;
		const char *no_color, *term;
		bool chosen;
	} rows[] = {
		{ COLOUR_AUTO, true, NULL, "xterm", true },    { COLOUR_AUTO, true, "", "xterm", true },
		{ COLOUR_AUTO, true, "1", "xterm", false },    { COLOUR_AUTO, true, "0", "xterm", false },
		{ COLOUR_AUTO, true, NULL, "dumb", false },    { COLOUR_AUTO, true, NULL, NULL, false },
		{ COLOUR_AUTO, false, NULL, "xterm", false },  { COLOUR_ALWAYS, true, "1", "dumb", true },
		{ COLOUR_ALWAYS, false, "1", NULL, true },     { COLOUR_NEVER, true, NULL, "xterm", false },
		{ COLOUR_NEVER, false, NULL, "xterm", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		set("NO_COLOR", rows[i].no_color);
		set("TERM", rows[i].term);
		if (colour_chosen(rows[i].wanted, rows[i].terminal ? terminal : file) != rows[i].chosen)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs),
		cmocka_unit_test(colours),
	};

	return cmocka_run_group_tests_name("format", tests, open_both, NULL);
}
