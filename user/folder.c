// SPDX-License-Identifier: BSD-2-Clause
#include "folder.h"
#include "cleanup.h"
#include "trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
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

const char *folder_error(int err)
{
	if (err == EROFS)
		return "it is read-only here: if that is because kmodwatch runs as a service, make the folder, and name it "
		       "in a line ReadWritePaths= below [Service] (systemctl edit kmodwatch)";
	if (err == EACCES)
		return "permission denied: if kmodwatch runs as a service, it sees nothing of /home and /root, so name a "
		       "folder elsewhere, for example below /var/lib/kmodwatch";
	if (err == ENOENT)
		return "the folder that it is to be in is not there: make that one first (mkdir -p)";
	return strerror(err);
}

static int refuse_errno(int err, const char **why)
{
	return refuse(err, folder_error(err), why);
}

/* Whether what was opened is ours. Takes it over. */
static int judge(int opened, const char **why)
{
	_cleanup_(closep) int fd = opened;
	struct stat st;

	if (fd == -ENOTDIR || fd == -ELOOP)
		return refuse(ENOTDIR, "it is not a folder (symbolic links are not followed)", why);
	if (fd < 0)
		return refuse_errno(-fd, why);
	if (fstat(fd, &st))
		return refuse_errno(errno, why);
	if (distrust(&st))
		return refuse(EPERM, distrust(&st), why);
	return take_fd(&fd);
}

int folder_open_ours(const char *path, const char **why)
{
	return judge(folder_open(path, true), why);
}

int folder_may_write(int folder, const char **why)
{
	return faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) ? refuse_errno(errno, why) : 0;
}

/* Whether the folder could be made. */
static int check_parent(const char *path, const char **why)
{
	char parent[PATH_MAX];
	size_t size = strlen(path);

	if (size >= sizeof(parent))
		return refuse_errno(ENAMETOOLONG, why);
	memcpy(parent, path, size + 1);
	return faccessat(AT_FDCWD, dirname(parent), W_OK | X_OK, AT_EACCESS) ? refuse_errno(errno, why) : 0;
}

int folder_check_ours(const char *path, const char **why)
{
	_cleanup_(closep) int fd = folder_open(path, false);

	if (fd == -ENOENT)
		return check_parent(path, why);
	fd = judge(fd, why);
	return fd < 0 ? fd : folder_may_write(fd, why);
}
