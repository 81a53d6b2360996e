/* SPDX-License-Identifier: BSD-2-Clause */
/* A folder of ours, named by the user: never one that others had a hand in. */
#ifndef KMODWATCH_FOLDER_H
#define KMODWATCH_FOLDER_H

#include <stdbool.h>

/*
 * Opens the folder, with make made (0700) where there is none, its parent not. A link as the last part is not followed.
 * Returns a descriptor, or a negative errno: -ENOTDIR or -ELOOP where something else is there.
 */
int folder_open(const char *path, bool make);

/*
 * The same, made where it is missing, and nobody else may write to it. What else is in it may be anybody's. Returns a
 * descriptor, or a negative errno with *why for the user: -EPERM where others may write there.
 */
int folder_open_ours(const char *path, const char **why);
/* Whether files can be made in it. Returns 0, or a negative errno with *why. */
int folder_may_write(int folder, const char **why);
/* Whether both would succeed: changes nothing. Returns 0 or as above. */
int folder_check_ours(const char *path, const char **why);

/* An errno of a folder or of what is to be made in it, for the user: what is wrong, and the mend where there is one. */
const char *folder_error(int err);

#endif
