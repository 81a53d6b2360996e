// SPDX-License-Identifier: BSD-2-Clause
/* How the kernel's list of symbols tells what a function is like. */
#include "../../user/kernel/symbol.h"
#include "unit.h"

#include <string.h>

enum { FUNCTIONS = 6 };

static const char *const names[FUNCTIONS] = {
	"init_module", "load_module", "shown_twice", "absent", "of_module", "cold"
};

static bool read_list(const char *text, struct symbol_form forms[FUNCTIONS])
{
	FILE *list = fmemopen((char *)text, strlen(text), "r");
	bool read = symbol_forms(list, names, FUNCTIONS, forms);

	fclose(list);
	return read;
}

static void forms_are_told(void **state)
{
	struct symbol_form forms[FUNCTIONS] = { 0 };

	assert_true(read_list("0000000000000000 T init_module\n"
			      "0000000000000000 t init_module_now\n"
			      "0000000000000000 t load_module.constprop.0.isra.0\n"
			      "0000000000000000 t load_module.isra.0\n"
			      "0000000000000000 t shown_twice\n"
			      "0000000000000000 T shown_twice\n"
			      "0000000000000000 t cold\n"
			      "0000000000000000 t cold.cold\n"
			      "0000000000000000 t of_module\t[absent]\n"
			      "0000000000000000 T absent\n",
			      forms));
	assert_true(forms[0].global && !forms[0].local && !*forms[0].variant);
	assert_true(!forms[1].global && !forms[1].local);
	assert_string_equal(forms[1].variant, "load_module.constprop.0.isra.0");
	assert_true(forms[2].global && forms[2].local);
	assert_true(!forms[3].global && !forms[3].local); /* what stands behind a module's is a module's */
	assert_true(!forms[4].global && !forms[4].local);
	assert_true(forms[5].local && !*forms[5].variant);
}

static void an_empty_list_tells_nothing(void **state)
{
	struct symbol_form forms[FUNCTIONS] = { 0 };

	assert_false(read_list("\n", forms));
	assert_true(read_list("ffffffff81000000 W absent", forms)); /* no line feed at the end */
	assert_true(forms[3].global);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_told),
		cmocka_unit_test(an_empty_list_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
