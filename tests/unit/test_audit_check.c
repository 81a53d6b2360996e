// SPDX-License-Identifier: BSD-2-Clause
/* The whole check on given rules: outcome, event and what is left out of a line that would be too long. */
#include "../../user/audit/check_run.h"
#include "../../user/audit/closing_rules.h"
#include "../../user/audit/parity.h"
#include "../../user/audit/report.h"
#include "../../user/output/json.h"
#include "unit.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char rules_path[] = "/tmp/kmodwatch-rules-XXXXXX", profile_path[] = "/tmp/kmodwatch-profile-XXXXXX";

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct check *run(const char *rules, const char *profile)
{
	static const char *paths[] = { rules_path };
	static struct check_options options;
	struct check *check = NULL;
	char *why = NULL;

	options = (struct check_options) { profile_text(profile) ? profile : profile_path, paths, 1 };
	put(rules_path, rules);
	if (!profile_text(profile))
		put(profile_path, profile);
	if (check_run(&options, &check, &why))
		fail_msg("%s", why ? why : "?");
	return check;
}

/* The event as JSON, read back. */
static json_object *event_of(struct check *check)
{
	struct event event;
	json_object *object;
	size_t size;
	char *line;

	assert_int_equal(parity_event(check, &event), 0);
	assert_int_equal(json_render(&event, LINE_MAX_BYTES, &line, &size), 0);
	assert_true(size <= LINE_MAX_BYTES);
	object = json_tokener_parse(line);
	assert_non_null(object);
	free(line);
	return object;
}

static json_object *get(json_object *object, const char *key)
{
	json_object *value = NULL;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value;
}

#define M64 "-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -k modules\n"
#define M32 "-a always,exit -F arch=b32 -S init_module,finit_module,delete_module -k modules\n"

static void outcomes(void **state)
{
	static const struct {
		const char *rules, *profile;
		enum outcome outcome;
	} rows[] = {
		{ M64 M32, M64 M32, OUTCOME_PARITY },
		{ M64, M64 M32, OUTCOME_GAP },
		{ "", M64, OUTCOME_GAP },
		{ "-a always,exit -F arch=b64 -S init_module -C uid=euid -F sessionid=5\n", M64, OUTCOME_GAP },
		{ "\x01\x02\xff binary\n", M64, OUTCOME_GAP },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct check *check = run(rows[i].rules, rows[i].profile);

		if (check->outcome != rows[i].outcome)
			fail_msg("row %zu: %s", i, outcome_name(check->outcome));
		check_freep(&check);
	}
}

/* Every kind of verdict in one event. */
static void many_verdicts(void **state)
{
	struct check *check = run("-a always,exit -F arch=b64 -S init_module\n"
				  "-a always,exit -F arch=b64 -S finit_module -F auid=0\n"
				  "-a never,exit -F arch=b64 -S delete_module\n"
				  "-a always,exit -F arch=b64 -S delete_module\n"
				  "-a always,exit -F arch=b32 -S init_module -F perm=x\n"
				  "junk\n"
				  "-a always,exit -F arch=b32 -S delete_module\n",
				  "complete");
	json_object *object = event_of(check);

	assert_true(json_object_object_length(get(object, "verdicts")) >= 5);
	assert_string_equal(json_object_get_string(get(object, "outcome")), "gap");
	json_object_put(object);
	check_freep(&check);
}

static void too_long_for_a_line(void **state)
{
	enum { MANY = 3000 };
	char *profile = malloc(MANY * 100), *at = profile;
	struct check *check;
	json_object *object;

	for (int i = 0; i < MANY; i++)
		at += sprintf(at, "# id: r%d\n-a always,exit -F arch=b64 -S %s -F auid=%d\n", i,
			      i == MANY - 1 ? "delete_module" : "init_module", i);
	check = run("-a always,exit -F arch=b64 -S init_module\n", profile);
	object = event_of(check);
	assert_true(json_object_get_boolean(get(object, "requirements_truncated")));
	assert_true(json_object_array_length(get(object, "requirements")) > 10);
	/* the gap comes first, wherever it stands in the profile */
	assert_string_equal(
	    json_object_get_string(get(json_object_array_get_idx(get(object, "requirements"), 0), "id")), "r2999");
	json_object_put(object);
	check_freep(&check);
	free(profile);
}

static size_t widest(const char *text)
{
	size_t most = 0, width = 0;

	for (; *text; text++) {
		width = *text == '\n' ? 0 : width + ((*text & 0xc0) != 0x80);
		most = width > most ? width : most;
	}
	return most;
}

#define NAMED(symbol, name) name,

static void table_fits(void **state)
{
	static const char *const names[] = { PROFILES(NAMED, NAMED) };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct check *check =
		    run("-a always,exit -F arch=b64 -S init_module -F auid>=1000 -F success=1 -k x\n"
			"-a never,exit -F arch=b64 -S finit_module -F uid=5 -C auid!=uid\njunk\n" M64 M32,
			names[i]);
		char *text = NULL;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		assert_int_equal(report_write(check, out, false), 0);
		fclose(out);
		if (widest(text) > 100)
			fail_msg("%s: %zu columns", names[i], widest(text));
		assert_null(strchr(text, '\033'));
		free(text);
		check_freep(&check);
	}
}

/* What is printed, loaded after the rules, leaves no gap. */
static void fixes_close_the_gaps(void **state)
{
	static const char *const rows[] = {
		"",
		M64,
		"-a never,exit -F arch=b64 -S delete_module\n" M64,
		"-a never,exit -S all -F auid=-1\n" M64,
		M64 "-a never,task\n",
		M64 "-a never,exclude -F msgtype=SYSCALL\n",
		M64 "-e 0\n",
		"-a always,exclude -F uid=0\n-a never,task -F gid=5\n-e 0\n",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct check *check = run(rows[i], M64 M32);
		char *fixes = NULL, *both = NULL;
		size_t size;
		FILE *out = open_memstream(&fixes, &size);

		assert_int_equal(closing_rules_write(check, out), 0);
		fclose(out);
		check_freep(&check);
		assert_true(asprintf(&both, "%s%s", rows[i], fixes) > 0);
		check = run(both, M64 M32);
		if (check->outcome != OUTCOME_PARITY)
			fail_msg("%s", both);
		check_freep(&check);
		free(both);
		free(fixes);
	}
}

static void bad_profiles(void **state)
{
	static const char *const texts[] = { "",
					     "# only words\n",
					     "junk\n",
					     "-a never,exit -S open\n",
					     "-a always,task\n",
					     "-d always,exit -S open\n",
					     "\xff\xfe\n",
					     "-a always,exit -F arch=b64 -S init_module -F perm=x\n" };
	struct check_options options = { profile_path, NULL, 0 };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct check *check = NULL;
		char *why = NULL;

		put(profile_path, texts[i]);
		if (check_run(&options, &check, &why) == 0 || !why)
			fail_msg("`%s` is taken as a profile", texts[i]);
		free(why);
	}
}

static int make_files(void **state)
{
	int rules = mkstemp(rules_path), profile = mkstemp(profile_path);

	return rules < 0 || profile < 0 || close(rules) || close(profile);
}

static int remove_files(void **state)
{
	return unlink(rules_path) || unlink(profile_path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
		cmocka_unit_test(many_verdicts),
		cmocka_unit_test(too_long_for_a_line),
		cmocka_unit_test(table_fits),
		cmocka_unit_test(fixes_close_the_gaps),
		cmocka_unit_test(bad_profiles),
	};

#ifndef __x86_64__
	return 0; /* numbers and ABIs are x86's */
#endif
	return cmocka_run_group_tests_name("audit_check", tests, make_files, remove_files);
}
