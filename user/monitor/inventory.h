/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules that are loaded already: /proc/modules, with what /sys/module adds. */
#ifndef KMODWATCH_INVENTORY_H
#define KMODWATCH_INVENTORY_H

#include "../output/event.h"

#include <stdio.h>

/* Takes one module, valid during the call. Returns 0, or a negative errno that ends the walk. */
typedef int (*module_fn)(void *ctx, const struct module_part *module);

/*
 * Calls take for each line of proc_modules (the format of /proc/modules), with what folder (/sys/module; NULL: without)
 * knows of it.
 * Returns 0, -EBADMSG for a line that is not of that format, or take's error.
 */
int inventory_walk(FILE *proc_modules, const char *folder, module_fn take, void *ctx);

/*
 * What tells a loaded module from the same one unloaded and loaded again: the number of its folder in /sys/module. Seen
 * on 5.10 and 7.2: each new folder has a number that was not used in this boot, the same in every mount of sysfs.
 * Returns 0, -ESRCH where the module is not there, or another negative errno where nothing can be said (no sysfs).
 */
int inventory_instance(const char *folder, const char *name, uint64_t *instance);

#endif
