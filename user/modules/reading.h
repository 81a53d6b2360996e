/* SPDX-License-Identifier: BSD-2-Clause */
/* One look at the kernel's lists of modules, and what cannot be known by it. */
#ifndef KMODWATCH_READING_H
#define KMODWATCH_READING_H

#include "inventory.h"
#include "table.h"

#include <stdbool.h>

/* Where to look. */
struct lists {
	const char *proc_modules; /* NULL: /proc/modules; then it must be the kernel's own */
	const char *sys_module;	  /* NULL: /sys/module, likewise */
};

/* What a look can fail at. The first two leave nothing to say of what is loaded; all of them are told. */
enum gap {
	GAP_LIST,  /* /proc/modules cannot be read, or is covered */
	GAP_LINE,  /* a line of it is not understood: the others count */
	GAP_SYSFS, /* /sys/module cannot be read, or is covered */
	GAPS,
};

struct reading {
	struct module_set names; /* of /proc/modules. mark: MODULE_UNSETTLED for what comes or goes */
	uint64_t at;		 /* ns since boot: it began then */
	bool breaks;		 /* the name of one has a line break */
	bool gaps[GAPS];
	char why[GAPS][96];
};

/* Reads anew. at: ns since boot. Returns 0 or -ENOMEM: all else is a gap. */
int reading_take(struct reading *reading, const struct lists *lists, const struct table *table, uint64_t at);
void reading_clear(struct reading *reading);

/* The paths, be they given or not. */
const char *lists_proc_modules(const struct lists *lists);
const char *lists_sys_module(const struct lists *lists);

/* The modules one after the other, with what /sys/module knows of them. Returns as inventory_walk(). */
int reading_show(const struct lists *lists, const struct table *table, module_fn take, void *ctx);

/* The module's name as a string in name; NULL where it is none that a module can have. */
const char *reading_name(const struct module_part *module, char name[static MODULE_NAME_MAX + 1]);

#endif
