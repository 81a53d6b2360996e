/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of the list on disk. A version line, the boot, then what is loaded and, as things happen, what changed
 * since:
 *
 *     kmodwatch-modules 1
 *     boot_id 1ad69a28-3903-44f7-9fde-68c0fbca6d06
 *     + 14636 dummy
 *     ? 14747 vfat
 *     - dummy
 *     . 16012345678
 *
 * `+` loaded, `?` loading, with the instance; `-` unloaded; `.` the run's end, in ns since boot. A name's bytes outside
 * of `!` to `~`, and `%`, are %XX. The set is written whole to a file of another name, which then takes the place of
 * the old one; a change is one write() at the end. So a kill at any moment leaves a file that holds what was shown; its
 * last line may be cut.
 */
#ifndef KMODWATCH_STATELINE_H
#define KMODWATCH_STATELINE_H

#include "module_set.h"

#include <stdio.h>

/* What loaded_module.mark is in a set that is kept. */
enum { MODULE_SETTLED, MODULE_UNSETTLED };

enum { STATE_MODULES_MAX = 100000 };

/* What every version's list begins with. */
#define STATE_HEAD "kmodwatch-modules "

/*
 * Reads the file's content: strict, whatever it holds. *ended: ns since boot, 0 where the run's end is not in it.
 * Returns 0, -ESTALE for another boot's, -EBADMSG for what is not of the format, -E2BIG for more than STATE_MODULES_MAX
 * modules, or -ENOMEM; set and *ended then untouched.
 */
int state_parse(FILE *f, const char *boot_id, struct module_set *set, uint64_t *ended);

/* A line as state_parse() reads it. size: STATE_LINE_SIZE. Returns its length. */
enum { STATE_LINE_SIZE = 3 * MODULE_NAME_MAX + 32 };
size_t state_line(const struct named_module *module, char *line);
/* The same for the run's end, at `ended`, ns since boot. */
size_t state_end_line(uint64_t ended, char *line);

/* The whole list, at *bytes (free() it). Returns 0 or -ENOMEM. */
int state_render(const char *boot_id, const struct module_set *set, char **bytes, size_t *size);

#endif
