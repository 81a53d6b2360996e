/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the kernel keeps what has a name. */
#ifndef KMODWATCH_SYMBOL_H
#define KMODWATCH_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The address of the kernel's own symbol of that name; a module's of the same name is none. 0: it has none, or does not
 * show it (kernel.kptr_restrict).
 */
uint64_t symbol_address(const char *name);
/* The kernel has it, whether or not it shows where. */
bool symbol_exists(const char *name);

/* How the compiler left a function of that name in the kernel. */
struct symbol_form {
	bool global, local; /* local: static */
	char variant[64];   /* NAME.isra.0 or NAME.constprop.0, the first of them; "": there is none */
};

/* The forms of the names, from an open list as /proc/kallsyms (the caller's still). False: there is nothing in it. */
bool symbol_forms(FILE *list, const char *const *names, size_t count, struct symbol_form *forms);

#endif
