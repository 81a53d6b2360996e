/* SPDX-License-Identifier: BSD-2-Clause */
/* Files and folders whose words a program of root acts on: root's own, or the user's who runs it, and nobody else's. */
#ifndef KMODWATCH_TRUSTED_H
#define KMODWATCH_TRUSTED_H

#include <sys/stat.h>

/* Why what is in a file or folder with this status may be somebody else's, for the user; NULL: it can't. */
const char *distrust(const struct stat *st);

/*
 * Opens the plain file for reading, its name as of openat(). A link as the last part is not followed, and nothing is
 * waited for. Returns a descriptor, or a negative errno, with *why for the user: -ELOOP a link, -EISDIR a folder,
 * -EINVAL no plain file either, -EPERM somebody else may have had a hand in it.
 */
int trusted_open(int folder, const char *name, const char **why);

/*
 * Opens the folder that path's last part is in, for openat() with *name, which points into path. Returns a descriptor,
 * or a negative errno with *why for the user: -EPERM others could take away what is there, or put something else there.
 */
int trusted_parent(const char *path, const char **name, const char **why);

#endif
