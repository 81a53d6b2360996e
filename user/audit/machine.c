// SPDX-License-Identifier: BSD-2-Clause
#include "machine.h"
#include "root.h"

#include <errno.h>
#include <libaudit.h>

const char *machine_abi_name(uint32_t elf, int machine)
{
	switch (elf) { /* libaudit has i486 and armeb first */
	case AUDIT_ARCH_I386:
		return "i386";
	case AUDIT_ARCH_ARM:
		return "arm";
	default:
		return audit_machine_to_name(machine);
	}
}

int machine_read(struct machine *machine)
{
	int native = audit_detect_machine();
	int other = audit_determine_machine("b32");
	struct machine read = { 0 };

	if (native < 0)
		return -ENOTSUP;
	read.abis[read.abi_count].machine = native;
	read.abis[read.abi_count++].elf = audit_machine_to_elf(native);
	read.is64 = (read.abis[0].elf & __AUDIT_ARCH_64BIT) != 0;
	if (other >= 0 && other != native) {
		read.abis[read.abi_count].machine = other;
		read.abis[read.abi_count++].elf = audit_machine_to_elf(other);
	}
	for (size_t i = 0; i < read.abi_count; i++)
		read.abis[i].name = machine_abi_name(read.abis[i].elf, read.abis[i].machine);
	if (!root_is_set()) /* what will run there is not known */
		lsm_read(&read.lsm);
	*machine = read;
	return 0;
}
