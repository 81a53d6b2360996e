// SPDX-License-Identifier: BSD-2-Clause
#include "trusted.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

static int refuse(int err, const char *what, const char **why)
{
	*why = what;
	return -err;
}

static int refuse_errno(const char **why)
{
	return refuse(errno, strerror(errno), why);
}

static bool is_ours(const struct stat *st)
{
	return st->st_uid == geteuid() || st->st_uid == 0;
}

/* An ACL that lets others write shows in the group's bits. */
static bool others_write(const struct stat *st)
{
	return st->st_mode & (S_IWGRP | S_IWOTH);
}

const char *distrust(const struct stat *st)
{
	if (!is_ours(st))
		return "it belongs to another user, so it is not trusted: give it to root, or name another";
	if (others_write(st))
		return "others may write to it, so it is not trusted: check what is in it, then chmod go-w";
	return NULL;
}

/* The descriptor is judged, never the name: what that leads to may be another thing a moment later. */
int trusted_open(int folder, const char *name, const char **why)
{
	/* a fifo must not make the open wait, nor a terminal become ours */
	_cleanup_(closep) int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ELOOP)
		return refuse(ELOOP, "it is a symbolic link, which is not followed: put the file itself there", why);
	if (fd < 0 && (errno == ENXIO || errno == ENODEV)) /* a socket, or a device's node without the device */
		return refuse(EINVAL, "it is not a plain file: put one there", why);
	if (fd < 0 || fstat(fd, &st))
		return refuse_errno(why);
	if (S_ISDIR(st.st_mode))
		return refuse(EISDIR, "it is a folder, not a plain file: put one there", why);
	if (!S_ISREG(st.st_mode))
		return refuse(EINVAL, "it is not a plain file: put one there", why);
	if (distrust(&st))
		return refuse(EPERM, distrust(&st), why);
	return take_fd(&fd);
}

/* How much of the path is the folder of its last part, the slash behind included. */
static size_t parent_size(const char *path)
{
	size_t size = strlen(path);

	while (size && path[size - 1] == '/')
		size--;
	while (size && path[size - 1] != '/')
		size--;
	return size || *path != '/' ? size : 1;
}

/* In a sticky folder only the owners of the file and of the folder can take the file away. */
int trusted_parent(const char *path, const char **name, const char **why)
{
	size_t size = parent_size(path);
	_cleanup_(closep) int fd = -1;
	char parent[PATH_MAX] = ".";
	struct stat st;

	if (size >= sizeof(parent))
		return refuse(ENAMETOOLONG, strerror(ENAMETOOLONG), why);
	if (size) {
		memcpy(parent, path, size);
		parent[size] = '\0';
	}
	fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return refuse_errno(why);
	if (!is_ours(&st))
		return refuse(EPERM,
			      "the folder around it belongs to another user, who could replace it: use another folder",
			      why);
	if (others_write(&st) && !(st.st_mode & S_ISVTX))
		return refuse(
		    EPERM, "others may write to the folder around it, and so replace it: chmod go-w that folder", why);
	*name = path[size] ? path + size : ".";
	return take_fd(&fd);
}
