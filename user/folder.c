// SPDX-License-Identifier: BSD-2-Clause
#include "folder.h"
#include "cleanup.h"
#include "trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A slash at the end would make the kernel follow a link. */
int folder_open(const char *path, bool make)
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
	if (make && mkdir(plain, 0700) && errno != EEXIST)
		return -errno;
	fd = open(plain, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int refuse(int err, const char *what, const char **why)
{
	*why = what;
	return -err;
}

int folder_open_ours(const char *path, const char **why)
{
	_cleanup_(closep) int fd = folder_open(path, true);
	struct stat st;

	if (fd == -ENOTDIR || fd == -ELOOP)
		return refuse(ENOTDIR, "it is not a folder (symbolic links are not followed)", why);
	if (fd < 0)
		return refuse(-fd, strerror(-fd), why);
	if (fstat(fd, &st))
		return refuse(errno, strerror(errno), why);
	if (distrust(&st))
		return refuse(EPERM, distrust(&st), why);
	return take_fd(&fd);
}
