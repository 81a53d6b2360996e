// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/tree.h"

#include <search.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static char *const words[] = { "m", "c", "x", "a", "d", "z", "n" };

static void *grow(void)
{
	void *root = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_non_null(tsearch(words[i], &root, compare));
	return root;
}

static void fell(void *root)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		tdelete(words[i], &root, compare);
	assert_null(root);
}

static void append(void *ctx, void *item)
{
	strcat(ctx, item);
}

static void test_all_in_their_order(void **state)
{
	char seen[32] = "";
	void *root = grow();

	tree_walk(NULL, append, seen);
	assert_string_equal(seen, "");
	tree_walk(root, append, seen);
	assert_string_equal(seen, "acdmnxz");
	fell(root);
}

struct outer {
	void *root;
	char seen[128];
};

static void append_all_behind(void *ctx, void *item)
{
	struct outer *outer = ctx;

	append(outer->seen, item);
	tree_walk(outer->root, append, outer->seen);
}

static void test_a_walk_within_a_walk(void **state)
{
	struct outer outer = { .root = grow() };

	tree_walk(outer.root, append_all_behind, &outer);
	assert_string_equal(outer.seen, "aacdmnxzcacdmnxzdacdmnxzmacdmnxznacdmnxzxacdmnxzzacdmnxz");
	fell(outer.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_in_their_order),
		cmocka_unit_test(test_a_walk_within_a_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
