/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system whose rules are judged: this one, or one that lies below a folder (an image, a mounted disk). All paths of
 * the check are its paths: links and ".." lead nowhere outside of it.
 */
#ifndef KMODWATCH_AUDIT_ROOT_H
#define KMODWATCH_AUDIT_ROOT_H

#include <dirent.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/*
 * From now on the system is the one below the folder; NULL: this one. Returns 0, or a negative errno, and nothing has
 * changed then.
 */
int root_set(const char *folder);
/* It is not this system: of what runs there nothing is known. */
bool root_is_set(void);

/* As open(2), stat(2), lstat(2), realpath(3), scandir(3) and the type of statfs(2). Return -1 and errno, or as said. */
int root_open(const char *path, int flags);
int root_stat(const char *path, struct stat *status);
int root_lstat(const char *path, struct stat *status);
/* False: errno. */
bool root_real(const char *path, char real[static PATH_MAX]);
bool root_magic(const char *path, uint32_t *magic);
int root_scandir(const char *path, struct dirent ***names, int (*wanted)(const struct dirent *),
		 int (*compare)(const struct dirent **, const struct dirent **));
/*
 * As getpwnam(3) and getgrnam(3), but of another system only what its /etc/passwd and /etc/group say: a module of NSS
 * that it names would be its code. NULL: there is none.
 */
const struct passwd *root_user(const char *name);
const struct group *root_group(const char *name);

#endif
