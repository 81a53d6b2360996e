// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/modules/policy.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void switches(void **state)
{
	static const struct {
		const char *content;
		int value;
	} rows[] = { { "1\n", 1 }, { "0\n", 0 }, { "Y\n", 1 }, { "N\n", 0 }, { "1", 1 }, { "", -1 } };

	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = memfd_create("switch", 0);
		char path[64];

		assert_int_equal(write(fd, rows[i].content, strlen(rows[i].content)), strlen(rows[i].content));
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		assert_int_equal(policy_read_switch(path), rows[i].value);
		close(fd);
	}
	assert_int_equal(policy_read_switch("/nonexistent/switch"), -1);
}

static void known(void **state)
{
	const struct policy policy = {
		.modprobe = "",
		.lockdown = "integrity",
		.modules_disabled = 0,
		.sig_enforce = 1,
		.modprobe_known = true,
		.lockdown_known = true,
	};
	struct policy_part part = policy_part(&policy);

	assert_known(part, KNOWN);
	assert_text(part.modprobe, ""); /* autoloading is off: not the same as unknown */
	assert_text(part.lockdown, "integrity");
	assert_number(part.modules_disabled, 0);
	assert_number(part.sig_enforce, 1);
}

static void unknown(void **state)
{
	const struct policy policy = { .modules_disabled = -1, .sig_enforce = -1 };
	struct policy_part part = policy_part(&policy);

	assert_known(part, KNOWN);
	assert_known(part.modprobe, UNKNOWN);
	assert_known(part.lockdown, UNKNOWN);
	assert_known(part.modules_disabled, UNKNOWN);
	assert_known(part.sig_enforce, UNKNOWN);
}

static size_t count_changes(struct policy before, const struct policy *now, struct text changed[static POLICY_KEYS])
{
	return policy_update(&before, now, changed);
}

/* Each value by itself, and all at once. */
static void compared(void **state)
{
	const struct policy before = {
		.modprobe = "/sbin/modprobe", .lockdown = "none", .modprobe_known = true, .lockdown_known = true
	};
	struct text changed[POLICY_KEYS];
	struct policy now = before;

	assert_int_equal(count_changes(before, &now, changed), 0);
	strcpy(now.modprobe, "/tmp/x");
	assert_int_equal(count_changes(before, &now, changed), 1);
	assert_text(changed[0], "modprobe");
	now = before;
	now.modules_disabled = 1;
	assert_int_equal(count_changes(before, &now, changed), 1);
	assert_text(changed[0], "modules_disabled");
	now = before;
	now.sig_enforce = 1;
	assert_int_equal(count_changes(before, &now, changed), 1);
	assert_text(changed[0], "sig_enforce");
	strcpy(now.lockdown, "integrity");
	assert_int_equal(count_changes(before, &now, changed), 2);
	assert_text(changed[1], "lockdown");
	now.modprobe[1] = 'x';
	now.modules_disabled = 1;
	assert_int_equal(count_changes(before, &now, changed), 4);
}

/* What cannot be read for a while has not changed by that; what changed meanwhile has. */
static void masked(void **state)
{
	const struct policy before = {
		.modprobe = "/sbin/modprobe", .lockdown = "none", .modprobe_known = true, .lockdown_known = true
	};
	const struct policy nothing = { .modules_disabled = -1, .sig_enforce = -1 };
	struct text changed[POLICY_KEYS];
	struct policy last = before, now = before;

	assert_int_equal(policy_update(&last, &nothing, changed), 0);
	assert_int_equal(policy_update(&last, &before, changed), 0);
	assert_int_equal(policy_update(&last, &nothing, changed), 0);
	now.sig_enforce = 1;
	strcpy(now.lockdown, "integrity");
	assert_int_equal(policy_update(&last, &now, changed), 2);
	assert_text(changed[0], "sig_enforce");
	assert_text(changed[1], "lockdown");
	assert_int_equal(policy_update(&last, &now, changed), 0);
	last = nothing; /* at the start: whether it was so before is not known */
	assert_int_equal(policy_update(&last, &before, changed), 0);
	assert_int_equal(policy_update(&last, &now, changed), 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(compared), cmocka_unit_test(masked),  cmocka_unit_test(switches),
		cmocka_unit_test(known),    cmocka_unit_test(unknown),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
