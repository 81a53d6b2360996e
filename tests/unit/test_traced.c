// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/cleanup.h"
#include "../../user/kernel/traced.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct traced *of(const char *text)
{
	_cleanup_(fclosep) FILE *list = tmpfile();
	struct traced *traced;

	assert_non_null(list);
	assert_int_equal(fwrite(text, 1, strlen(text), list), strlen(text));
	rewind(list);
	traced = traced_of(list);
	assert_non_null(traced);
	return traced;
}

static void functions_of_the_list(void **state)
{
	_cleanup_(traced_freep) struct traced *traced =
	    of("bpf_fentry_test1 (1)            \tD   tramp: 0xffffffffc02\nload_module (2) R\ncap_capable (1)");

	(void)state;
	assert_true(traced_has(traced, "bpf_fentry_test1"));
	assert_true(traced_has(traced, "load_module"));
	assert_true(traced_has(traced, "cap_capable"));
	assert_false(traced_has(traced, "module"));
	assert_false(traced_has(traced, "load"));
	assert_false(traced_has(traced, "tramp:"));
}

/* As when all was detached: the kernel's list is empty then. */
static void empty_list(void **state)
{
	_cleanup_(traced_freep) struct traced *traced = of("");

	(void)state;
	assert_false(traced_has(traced, "load_module"));
	assert_false(traced_has(traced, ""));
}

static void unreadable_list(void **state)
{
	FILE *list = fopen("/", "re"); /* a folder opens, and cannot be read */

	(void)state;
	assert_non_null(list);
	assert_null(traced_of(list));
	fclose(list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_of_the_list),
		cmocka_unit_test(empty_list),
		cmocka_unit_test(unreadable_list),
	};

	return cmocka_run_group_tests_name("traced", tests, NULL, NULL);
}
