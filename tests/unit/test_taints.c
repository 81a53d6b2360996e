// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/calls/taints.h"
#include "unit.h"

#include <string.h>

static void bits_and_letters(void **state)
{
	static const struct {
		uint64_t bits;
		const char *letters, *names;
	} rows[] = {
		{ 0, "", "" },
		{ 1 << 0, "P", "proprietary " },
		{ 1 << 1, "F", "forced " },
		{ 1 << 10, "C", "staging " },
		{ 1 << 12, "O", "out-of-tree " },
		{ 1 << 13, "E", "unsigned " },
		{ 1 << 15, "K", "livepatch " },
		{ 1 << 16, "X", "auxiliary " },
		{ 1 << 18, "N", "test " },
		/* in the kernel's order */
		{ 1 << 13 | 1 << 12 | 1, "POE", "proprietary out-of-tree unsigned " },
		{ 1ull << 63 | 1, "P?", "proprietary unknown " },
	};
	struct module_part module;
	struct taints taints;

	for (size_t i = 0; i < COUNT(rows); i++) {
		module = (struct module_part) { 0 };
		taints_of_bits(rows[i].bits, &taints);
		taints_show(&taints, &module);
		assert_text(module.taints, rows[i].letters);
		assert_string_equal(joined_texts(&module.taint_names), rows[i].names);
		module = (struct module_part) { 0 };
		taints_of_letters(rows[i].letters, &taints);
		taints_show(&taints, &module);
		assert_text(module.taints, rows[i].letters);
		assert_string_equal(joined_texts(&module.taint_names), rows[i].names);
	}
}

static void as_many_as_there_are(void **state)
{
	struct module_part module = { 0 };
	char letters[2 * TAINTS_MAX];
	struct taints taints;

	taints_of_bits(UINT64_MAX, &taints);
	taints_show(&taints, &module);
	assert_int_equal(module.taints.size, TAINTS_MAX);
	assert_int_equal(module.taint_names.count, TAINTS_MAX);
	memset(letters, 'Z', sizeof(letters));
	letters[sizeof(letters) - 1] = '\0';
	taints_of_letters(letters, &taints);
	taints_show(&taints, &module);
	assert_int_equal(module.taint_names.count, TAINTS_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_and_letters),
		cmocka_unit_test(as_many_as_there_are),
	};

	return cmocka_run_group_tests_name("taints", tests, NULL, NULL);
}
