/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as the audit system knows them: by inode, not by name. */
#ifndef KMODWATCH_AUDIT_FILES_H
#define KMODWATCH_AUDIT_FILES_H

#include "../arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FILE_FOLDERS_MAX = 64, FILE_NAMES_MAX = 8 };

struct file_inode {
	uint64_t dev, ino;
};

/* A file that a system call looks up. */
struct file_name {
	const char *path;   /* where it lies, links in front of the last part followed */
	bool exists;	    /* else `id` is that of its folder, and `base` its name there */
	bool plain_numbers; /* the kernel's own inode and device numbers are those that stat shows */
	struct file_inode id;
	const char *base;
	uint32_t uid, gid, mode, major, minor, magic;
	size_t folder_count; /* the folders that it is in, itself first */
	struct file_inode folders[FILE_FOLDERS_MAX];
};

/* What one exec of a path looks up, in the kernel's order. */
struct file_names {
	const char *wrong; /* not NULL: could not be found out, and this is why */
	size_t count;
	struct file_name *names[FILE_NAMES_MAX];
	bool is_link, through_folder_link; /* the path's last part is a link; a link is in front of it */
	size_t link_at; /* the link's own place among the names; only where the kernel looks it up; else SIZE_MAX */
	uint32_t exe_id_known;
	struct file_inode exe; /* what runs then */
};

/* Which Linux security modules are at work. */
struct lsm_list {
	bool known;
	bool tomoyo; /* looks a program's path up once more without following a link */
	/* these give subj_* and obj_* a meaning: all of them, subj_user and obj_user, subj_role */
	bool selinux, smack, apparmor;
};

void lsm_read(struct lsm_list *list);

/* The names of an exec of path. Returns 0 or -ENOMEM; what else goes wrong is in names->wrong. */
int file_names_of_exec(const char *path, bool nofollow_too, struct arena *arena, struct file_names *out);

/* The one name of any other use of path: the last part is followed, or not. */
int file_names_of_path(const char *path, bool follow, struct arena *arena, struct file_names *out);

/*
 * What the kernel finds for a path in a rule: the last part is not followed. Returns 0; -ENOENT where even its folder
 * is missing; -ENOMEM or another negative errno. A file that is not there yet has its folder's id and a base.
 */
int file_find(const char *path, bool follow, struct arena *arena, struct file_name *out);

bool file_same(const struct file_name *a, const struct file_name *b);

/* Whether the file lies in the folder, or is it. */
bool file_is_in(const struct file_name *file, const struct file_name *folder);

#endif
