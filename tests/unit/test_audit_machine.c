// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/audit/machine.h"
#include "unit.h"

#include <libaudit.h>

/* As events have them (bpf/records.h), whatever libaudit calls first. */
static void names_are_those_of_events(void **state)
{
	static const struct {
		uint32_t elf;
		int machine;
		const char *name;
	} abis[] = {
		{ AUDIT_ARCH_X86_64, MACH_86_64, "x86_64" },
		{ AUDIT_ARCH_I386, MACH_X86, "i386" },
		{ AUDIT_ARCH_ARM, MACH_ARM, "arm" },
		{ AUDIT_ARCH_AARCH64, MACH_AARCH64, "aarch64" },
	};

	for (size_t i = 0; i < sizeof(abis) / sizeof(abis[0]); i++)
		assert_string_equal(machine_abi_name(abis[i].elf, abis[i].machine), abis[i].name);
}

static void this_machine_is_known(void **state)
{
	struct machine machine;

	assert_int_equal(machine_read(&machine), 0);
	for (size_t i = 0; i < machine.abi_count; i++)
		assert_string_equal(machine.abis[i].name,
				    machine_abi_name(machine.abis[i].elf, machine.abis[i].machine));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_those_of_events),
		cmocka_unit_test(this_machine_is_known),
	};

	return cmocka_run_group_tests_name("audit_machine", tests, NULL, NULL);
}
