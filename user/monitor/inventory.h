/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules that are loaded already: /proc/modules, with what /sys/module adds. */
#ifndef KMODWATCH_INVENTORY_H
#define KMODWATCH_INVENTORY_H

#include "../output/event.h"

#include <stdio.h>

/* Takes one module, valid during the call. Returns 0, or a negative errno that ends the walk. */
typedef int (*module_fn)(void *ctx, const struct module_part *module);

/*
 * Calls take for each line of proc_modules (the format of /proc/modules), with what folder (/sys/module) knows of it.
 * Returns 0, -EBADMSG for a line that is not of that format, or take's error.
 */
int inventory_walk(FILE *proc_modules, const char *folder, module_fn take, void *ctx);

#endif
