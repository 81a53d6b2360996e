/* SPDX-License-Identifier: BSD-2-Clause */
/* What a module does to the kernel's taint: the letters of /proc/modules, and what they mean. */
#ifndef KMODWATCH_TAINTS_H
#define KMODWATCH_TAINTS_H

#include "../output/event.h"

enum { TAINTS_MAX = 64 };

struct taints {
	size_t count;
	char letters[TAINTS_MAX + 1];
	struct text names[TAINTS_MAX];
};

/* From the bits of module->taints; a bit that has no letter yet is `?`, its meaning "unknown". */
void taints_of_bits(uint64_t bits, struct taints *taints);
/* From the letters of /proc/modules. */
void taints_of_letters(const char *letters, struct taints *taints);

/* Fills the part's taints and taint_names, which then point into taints. */
void taints_show(const struct taints *taints, struct module_part *part);

#endif
