// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/audit/load.h"
#include "../../user/audit/rulesd.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Loads text as one file; what it points to lives until the next call. */
static struct ruleset *load(const char *text)
{
	static struct source_line lines[64];
	static struct ruleset set;
	struct load_part part = { .lines = lines, .file = "t" };

	ruleset_free(&set);
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = strchrnul(text, '\n');
		lines[part.count] =
		    (struct source_line) { "t", (unsigned int)part.count + 1, text, (size_t)(end - text) };
		part.count++;
	}
	assert_int_equal(ruleset_load(&part, 1, &set), 0);
	return &set;
}

/* The rules' lines, in the order of evaluation: "2 1 3". */
static const char *order(const struct ruleset *set)
{
	static char text[256];

	*text = '\0';
	for (size_t i = 0; i < set->count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u", i ? " " : "",
			 set->rules[i]->source.line);
	return text;
}

#define A "-a always,exit -S open -F uid=1\n"
#define B "-a always,exit -S open -F uid=2\n"
#define C "-a always,exit -S open -F uid=3\n"

static void orders(void **state)
{
	assert_string_equal(order(load(A B C)), "1 2 3");
	assert_string_equal(order(load(A "-A always,exit -S open -F uid=2\n-A always,exit -S open -F uid=3\n")),
			    "3 2 1");
	assert_string_equal(order(load(A B "-D\n" C)), "4");
	assert_string_equal(order(load(A B "-d always,exit -S open -F uid=1\n" C)), "2 4");
	assert_string_equal(order(load("-w /nowhere -p x -k one\n-w /nowhere2 -p x -k two\n-D -k one\n")), "2");
	/* the word is looked for anywhere in the key */
	assert_string_equal(order(load("-w /nowhere -p x -k one\n-w /nowhere2 -p x -k two\n-D -k o\n" C)), "4");
	/* in front it is no duplicate, and the one in front is deleted first */
	assert_string_equal(order(load(A "-A always,exit -S open -F uid=1\n")), "2 1");
	assert_string_equal(order(load(A "-A always,exit -S open -F uid=1\n-d always,exit -S open -F uid=1\n")), "1");
}

static void stops(void **state)
{
	struct ruleset *set = load(A "junk\n" B C);

	assert_string_equal(order(set), "1");
	assert_int_equal(set->stop.line, 2);
	assert_int_equal(set->stop.column, 1);
	assert_int_equal(set->kept_out_count, 2);
	set = load(A A B);
	assert_string_equal(order(set), "1");
	assert_int_equal(set->stop.line, 2);
	set = load("-i\n" A A B);
	assert_string_equal(order(set), "2 4");
	assert_null(set->stop.file);
	assert_int_equal(set->problem_count, 1);
	assert_string_equal(order(load("-c\njunk\n" A)), "3");
	/* too late for the line before */
	assert_string_equal(order(load("junk\n-i\n" A)), "");
	assert_string_equal(order(load("-w /no/such/folder/x -p x\n" A)), "");
	assert_string_equal(order(load("-d never,task\n" A)), "");
	/* the bad line itself counts as kept out, as far as it was read */
	set = load("-a always,exit -S open -k x # note\n");
	assert_int_equal(set->kept_out_count, 1);
	assert_int_equal(set->count, 0);
}

static void locks(void **state)
{
	struct ruleset *set = load(A "-e 2\n" B);

	assert_string_equal(order(set), "1");
	assert_int_equal(set->enabled, 2);
	assert_int_equal(set->stop.line, 3);
	assert_int_equal(set->kept_out_count, 1);
	assert_int_equal(load("-e 2\n-e 0\n")->enabled, 2);
	assert_int_equal(load("-e 1\n-e 0\n")->enabled, 0);
	assert_int_equal(load(A)->enabled, -1);
	/* nothing to delete: nothing that is refused */
	assert_null(load("-e 2\n-D\n")->stop.file);
	assert_int_equal(load(A "-e 2\n-D\n")->stop.line, 3);
}

static void what_the_kernel_refuses(void **state)
{
	static const char *const lines[] = {
		"-a always,exit -S open -F uid=-1",
		"-a always,exit -S open -F auid<-1",
		"-a always,exit -S open -F uid&1",
		"-a always,exit -S open -F exit&1",
		"-a always,exit -S open -F filetype>file",
		"-a always,exit -F path!=/etc/passwd",
		"-a always,exit -F path=etc",
		"-a always,exit -F path=/etc/",
		"-a always,exit -F path=/etc/..",
		"-a always,exit -F path=/",
		"-a always,exit -F dir=/no/such/folder",
		"-a always,exit -F dir=/etc -F path=/etc/passwd",
		"-a always,exit -F path=/etc/passwd -F path=/etc/group",
		"-a always,exit -S open -F exe=/bin/sh -F exe=/bin/ls",
		"-a never,filesystem -F uid=0",
		"-q /no/such/folder,/etc",
	};

	for (size_t i = 0; i < COUNT(lines); i++)
		if (!load(lines[i])->stop.file)
			fail_msg("%s is taken", lines[i]);
	assert_null(load("-a always,exit -F path=/etc/no_such_file -F perm=x")->stop.file);
	assert_null(load("-a always,exit -S open -F pers&1 -F a0&=1 -F auid!=-1")->stop.file);
}

/* --- rules.d --- */

static char folder[] = "/tmp/kmodwatch-unit-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *joined(void)
{
	static char text[4096];
	struct source source;
	char *why;

	*text = '\0';
	assert_int_equal(rules_read(folder, &source, &why), 0);
	for (size_t i = 0; i < source.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s:%u %.*s\n",
			 strrchr(source.lines[i].file, '/') + 1, source.lines[i].number, (int)source.lines[i].size,
			 source.lines[i].text);
	source_free(&source);
	return text;
}

static int make_folder(void **state)
{
	strcpy(folder, "/tmp/kmodwatch-unit-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void joins(void **state)
{
	put("10-b.rules", "-b 10\n-w /b\n# comment\n\n-e 2\n");
	put("9-a.rules", "-D\n-b 9\n-f 2\n-w /a\n-e 1\n-D -k x\n");
	put("30-c.rules", "-f 1\n-w /c\n");
	put("40-other.conf", "-w /other\n");
	put(".hidden.rules", "-w /hidden\n");
	put("rules", "-w /none\n");
	assert_string_equal(joined(),
			    "9-a.rules:1 -D\n10-b.rules:1 -b 10\n30-c.rules:1 -f 1\n9-a.rules:4 -w /a\n"
			    "9-a.rules:6 -D -k x\n10-b.rules:2 -w /b\n30-c.rules:2 -w /c\n10-b.rules:5 -e 2\n");
}

/* cat joins a last line without a newline with the next file's first. */
static void joins_without_newline(void **state)
{
	put("1.rules", "-w /a\n-w /b");
	put("2.rules", " -p x\n-w /c");
	put("3.rules", "");
	put("4.rules", "\n-w /d");
	assert_string_equal(joined(), "1.rules:1 -w /a\n1.rules:2 -w /b -p x\n2.rules:2 -w /c\n4.rules:2 -w /d\n");
}

static int compare(const void *a, const void *b)
{
	return rulesd_compare_names(*(const char *const *)a, *(const char *const *)b);
}

/* The same names through ls -v. */
static void orders_as_ls(void **state)
{
	static const char alphabet[] = "aB09-_.~1z";
	char names[60][24], command[128], line[64];
	const char *sorted[COUNT(names)];
	size_t count = 0, at = 0;
	FILE *ls;

	srand(7);
	while (count < COUNT(names)) {
		size_t size = 1 + (size_t)rand() % 7;
		struct stat status;
		char path[128];

		for (size_t i = 0; i < size; i++)
			names[count][i] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
		if (*names[count] == '.')
			*names[count] = 'x';
		strcpy(names[count] + size, ".rules");
		snprintf(path, sizeof(path), "%s/%s", folder, names[count]);
		if (stat(path, &status) == 0)
			continue;
		put(names[count], "");
		sorted[count] = names[count];
		count++;
	}
	qsort(sorted, count, sizeof(*sorted), compare);
	snprintf(command, sizeof(command), "LC_ALL=C ls -1v %s", folder);
	ls = popen(command, "r");
	assert_non_null(ls);
	while (fgets(line, sizeof(line), ls)) {
		line[strcspn(line, "\n")] = '\0';
		assert_true(at < count);
		assert_string_equal(sorted[at], line);
		at++;
	}
	pclose(ls);
	assert_int_equal(at, count);
}

static void bad_files(void **state)
{
	struct source source;
	char *why;

	assert_true(rules_read("/no/such/file", &source, &why) < 0);
	assert_non_null(strstr(why, "/no/such/file"));
	free(why);
	assert_true(rules_read("/dev/null", &source, &why) < 0);
	free(why);
	put("x.rules", "-w /a\n");
	assert_int_equal(rules_read(folder, &source, &why), 0);
	source_free(&source);
}

/* A line of a mebibyte is read in pieces, and the first piece that makes no sense ends it. */
static void long_line(void **state)
{
	static char text[(1 << 20) + 64];
	struct ruleset set;
	struct source source;
	struct load_part part;
	char path[64], *why;

	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "-w /", 4);
	put("long.rules", text);
	snprintf(path, sizeof(path), "%s/long.rules", folder);
	assert_int_equal(rules_read(path, &source, &why), 0);
	assert_int_equal(source.count, sizeof(text) / 6143 + 1);
	part = (struct load_part) { .lines = source.lines, .count = source.count, .file = path };
	assert_int_equal(ruleset_load(&part, 1, &set), 0);
	assert_int_equal(set.count, 0);
	assert_int_equal(set.stop.line, 1);
	ruleset_free(&set);
	source_free(&source);
}

static void many_rules(void **state)
{
	enum { MANY = 100000 };
	struct source_line *lines = calloc(MANY, sizeof(*lines));
	char *text = malloc(MANY * 64), *at = text;
	struct load_part part = { .lines = lines, .count = MANY, .file = "many" };
	struct timespec start, end;
	struct ruleset set;

	assert_true(lines && text);
	for (unsigned int i = 0; i < MANY; i++) {
		int n = sprintf(at, "-%c always,exit -S open -F uid=%u", i % 2 ? 'a' : 'A', i);

		lines[i] = (struct source_line) { "many", i + 1, at, (size_t)n };
		at += n + 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(ruleset_load(&part, 1, &set), 0);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_int_equal(set.count, MANY);
	print_message("%d rules in %ld ms\n", MANY,
		      (long)(end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000);
	assert_int_equal(set.rules[0]->source.line, MANY - 1);
	ruleset_free(&set);
	free(lines);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders),
		cmocka_unit_test(stops),
		cmocka_unit_test(locks),
		cmocka_unit_test(what_the_kernel_refuses),
		cmocka_unit_test_setup_teardown(joins, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(joins_without_newline, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(orders_as_ls, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(bad_files, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(long_line, make_folder, remove_folder),
		cmocka_unit_test(many_rules),
	};

	load("");
	return cmocka_run_group_tests_name("audit_load", tests, NULL, NULL);
}
