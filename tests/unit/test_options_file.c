// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/options_file.h"
#include "hostile.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *path_of(const char *text)
{
	static char path[] = "/tmp/options.XXXXXX";
	int fd;

	strcpy(path, "/tmp/options.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return path;
}

/* The words that the file's text gives, each with a | behind; or the error. */
static int words_of(const char *text, char *out)
{
	const char *path = path_of(text);
	char *argv[] = { "kmodwatch", "--options", (char *)path, "-v", NULL };
	char **words;
	int count, err = options_expand(4, argv, &count, &words);

	unlink(path);
	*out = '\0';
	if (err)
		return err;
	assert_null(words[count]);
	for (int i = 0; i < count; i++)
		out += sprintf(out, "%s|", words[i]);
	return 0;
}

static void good(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "kmodwatch|-v|" },
		{ "# a comment\n\n  # another\n", "kmodwatch|-v|" },
		{ "KMODWATCH_OPTIONS=\n", "kmodwatch|-v|" },
		{ "KMODWATCH_OPTIONS=\"\"", "kmodwatch|-v|" },
		{ "KMODWATCH_OPTIONS=--journal", "kmodwatch|--journal|-v|" },
		{ "KMODWATCH_OPTIONS=\"--profile complete  --journal\" # why\n",
		  "kmodwatch|--profile|complete|--journal|-v|" },
		{ "KMODWATCH_OPTIONS='--profile \"/etc/my rules\"'\n", "kmodwatch|--profile|/etc/my rules|-v|" },
		{ "KMODWATCH_OPTIONS=\"--profile /etc/my\\\\ rules\"\n", "kmodwatch|--profile|/etc/my rules|-v|" },
		{ "KMODWATCH_OPTIONS=-v\nKMODWATCH_OPTIONS=-V\n", "kmodwatch|-v|-V|-v|" },
		{ "KMODWATCH_OPTIONS=\"$HOME *\"\n", "kmodwatch|$HOME|*|-v|" },
	};
	char words[1024];

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(words_of(cases[i].text, words), 0);
		assert_string_equal(words, cases[i].words);
	}
}

static void bad(void **state)
{
	static const char *const texts[] = {
		"nonsense\n",
		"KMODWATCH_OPTIONS=\"--profile\n",
		"KMODWATCH_OPTIONS=--profile complete\n",
		"OTHER=x\n",
		"KMODWATCH_OPTIONS = x\n",
		"KMODWATCH_OPTIONS='a' 'b'\n",
		"KMODWATCH_OPTIONS='\"a'\n",
	};
	char words[1024];

	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(words_of(texts[i], words), -EBADMSG);
}

/* Without a file there are no more options, however it is named. */
static void absent(void **state)
{
	char *argv[] = { "kmodwatch", "--options=/tmp/no-such-file", "--options", "/tmp/no-such-file", "-v", NULL };
	char **words;
	int count;

	assert_int_equal(options_expand(5, argv, &count, &words), 0);
	assert_int_equal(count, 2);
	assert_string_equal(words[1], "-v");
}

/* What only begins like it is another option; a missing argument is left for getopt to complain of. */
static void others(void **state)
{
	char *argv[] = { "kmodwatch", "--optionsx", "--options", NULL };
	char **words;
	int count;

	assert_int_equal(options_expand(3, argv, &count, &words), 0);
	assert_int_equal(count, 3);
}

static int read_options(const char *path)
{
	char *argv[] = { "kmodwatch", "--options", (char *)path, NULL };
	char **words;
	int count;

	return options_expand(3, argv, &count, &words);
}

/* Others' words are no options of ours, nor is it theirs to take ours away: then there would be none. */
static void hostile_files(void **state)
{
	assert_refuses_all(*state, "KMODWATCH_OPTIONS=-v\n", read_options);
	assert_refuses_folders(*state, "KMODWATCH_OPTIONS=-v\n", read_options);
}

static void odd_names(void **state)
{
	assert_int_equal(read_options("/tmp/"), -EISDIR);
	assert_int_equal(read_options("/"), -EISDIR);
	assert_int_equal(read_options("."), -EISDIR);
	assert_int_equal(read_options(""), -EISDIR);
	assert_int_equal(read_options("/nonexistent/file"), -ENOENT);
	assert_int_equal(read_options("nonexistent/file"), -ENOENT);
	assert_int_equal(read_options("/etc/passwd/x"), -ENOTDIR);
	assert_int_equal(read_options("/etc/passwd/"), -ENOTDIR);
	assert_int_equal(read_options("no-such-file-here"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(absent),
		cmocka_unit_test(others),
		cmocka_unit_test_setup_teardown(hostile_files, hostile_setup, hostile_teardown),
		cmocka_unit_test(odd_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
