// SPDX-License-Identifier: BSD-2-Clause
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A slash at the end would make the kernel follow a link. */
int folder_open(const char *path)
{
	char plain[4096];
	size_t size = strlen(path);
	int fd;

	while (size > 1 && path[size - 1] == '/')
		size--;
	if (size >= sizeof(plain))
		return -ENAMETOOLONG;
	memcpy(plain, path, size);
	plain[size] = '\0';
	if (mkdir(plain, 0700) && errno != EEXIST)
		return -errno;
	fd = open(plain, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

const char *folder_distrust(const struct stat *st)
{
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return "it belongs to another user, so it is not trusted: give it to root, or name another folder";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others may write to it, so it is not trusted: chmod go-w, and look at what is in it";
	return NULL;
}
