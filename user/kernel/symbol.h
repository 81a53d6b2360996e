/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the kernel keeps what has a name. */
#ifndef KMODWATCH_SYMBOL_H
#define KMODWATCH_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The address of the kernel's own symbol of that name; a module's of the same name is none. 0: it has none, or does not
 * show it (kernel.kptr_restrict).
 */
uint64_t symbol_address(const char *name);
/* The kernel has it, whether or not it shows where. */
bool symbol_exists(const char *name);

#endif
