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

#endif
