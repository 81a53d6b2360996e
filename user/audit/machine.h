/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine, as far as its rules depend on it. */
#ifndef KMODWATCH_AUDIT_MACHINE_H
#define KMODWATCH_AUDIT_MACHINE_H

#include "files.h"

/* What is known of the machine. */
struct machine {
	struct lsm_list lsm;
	bool is64;
	size_t abi_count;
	struct {
		const char *name;
		uint32_t elf;
		int machine;
	} abis[2]; /* the native one first */
};

/* -ENOTSUP where libaudit does not know the machine. */
int machine_read(struct machine *machine);

/* The ABI's name, as events have it too. Static; NULL where libaudit does not know the machine either. */
const char *machine_abi_name(uint32_t elf, int machine);

#endif
