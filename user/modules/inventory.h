/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules that are already loaded: /proc/modules, with what /sys/module adds. */
#ifndef KMODWATCH_INVENTORY_H
#define KMODWATCH_INVENTORY_H

#include "../output/event.h"

#include "module_set.h"

#include <stdio.h>

/* Takes one module, valid during the call. Returns 0, or a negative errno that ends the walk. */
typedef int (*module_fn)(void *ctx, const struct module_part *module);

/*
 * Reads the whole of f, /proc/modules or what stands in its place, into *text (free() it). Returns 0, -EBADMSG where it
 * holds what no such list can (a NUL), -ENOMEM, or another negative errno: a list that cannot be read is not an empty
 * one.
 */
int inventory_read(FILE *f, char **text);

/*
 * Calls take for each module of text (the format of /proc/modules), with what folder (/sys/module; NULL: without) knows
 * of it. /proc/modules escapes nothing, so a name with a line break looks like two lines, of which the second can name
 * any module: breaks (NULL: none) are the names of that kind that there may be, and what is a part of one is no line.
 * Returns 0, -EBADMSG where a line was not of that format (it was left out), take's error, or -ENOMEM.
 */
int inventory_walk(const char *text, const char *folder, const struct module_set *breaks, module_fn take, void *ctx);

/* Adds to names those that have a line break, of what folder lists. Returns 0 or -ENOMEM. */
int inventory_breaks(const char *folder, struct module_set *names);

/*
 * Whether folder has the module, by its initstate: what is built in has a folder, too. Where that cannot be found out
 * it has.
 */
bool inventory_has(const char *folder, const char *name);

/* Whether the folder says that the module's init is over and succeeded: its initstate is `live`. */
bool inventory_is_live(const char *folder, const char *name);

/*
 * What tells a loaded module from the same one unloaded and loaded again: the number of its folder in /sys/module. Seen
 * on 5.10 and 7.2: each new folder has a number that was not used in this boot, the same in every mount of sysfs.
 * Returns 0, -ESRCH where the module is not there, or another negative errno where nothing can be said: -EXDEV where
 * something is mounted over its folder.
 */
int inventory_instance(const char *folder, const char *name, uint64_t *instance);

#endif
