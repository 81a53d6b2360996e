// SPDX-License-Identifier: BSD-2-Clause
#include "root.h"
#include "../cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

static int root = -1; /* -1: this system */
static char root_path[PATH_MAX];

/* The path that the kernel has for what is open. */
static bool path_of(int fd, char found[static PATH_MAX])
{
	char open_as[64];
	ssize_t size;

	snprintf(open_as, sizeof(open_as), "/proc/self/fd/%d", fd);
	size = readlink(open_as, found, PATH_MAX - 1);
	found[size < 0 ? 0 : size] = '\0';
	return size >= 0;
}

int root_set(const char *folder)
{
	char path[PATH_MAX] = "";
	_cleanup_(closep) int fd = -1;

	if (folder) {
		fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0 || !path_of(fd, path))
			return -errno;
	}
	closep(&root);
	root = take_fd(&fd);
	memcpy(root_path, path, sizeof(path));
	if (!strcmp(root_path, "/"))
		root_path[0] = '\0';
	return 0;
}

bool root_is_set(void)
{
	return root >= 0;
}

/* The kernel resolves, as after chroot(2), which takes privileges: openat2(2), 5.6 and later. */
int root_open(const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd;

	if (root < 0)
		return open(path, flags | O_CLOEXEC);
	do
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN); /* something was renamed meanwhile */
	return fd;
}

static int status_of(const char *path, int flags, struct stat *status)
{
	_cleanup_(closep) int fd = root_open(path, O_PATH | flags);

	return fd < 0 ? -1 : fstat(fd, status);
}

int root_stat(const char *path, struct stat *status)
{
	return root < 0 ? stat(path, status) : status_of(path, 0, status);
}

int root_lstat(const char *path, struct stat *status)
{
	return root < 0 ? lstat(path, status) : status_of(path, O_NOFOLLOW, status);
}

bool root_real(const char *path, char real[static PATH_MAX])
{
	_cleanup_(closep) int fd = -1;
	char found[PATH_MAX];
	const char *inside = found + strlen(root_path);

	if (root < 0)
		return realpath(path, real);
	fd = root_open(path, O_PATH);
	if (fd < 0 || !path_of(fd, found))
		return false;
	if (strncmp(found, root_path, strlen(root_path)) != 0 || (*inside && *inside != '/')) {
		errno = EXDEV; /* the root was moved */
		return false;
	}
	memmove(real, *inside ? inside : "/", *inside ? strlen(inside) + 1 : 2);
	return true;
}

bool root_magic(const char *path, uint32_t *magic)
{
	_cleanup_(closep) int fd = root_open(path, O_PATH);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs))
		return false;
	*magic = (uint32_t)fs.f_type;
	return true;
}

int root_scandir(const char *path, struct dirent ***names, int (*wanted)(const struct dirent *),
		 int (*compare)(const struct dirent **, const struct dirent **))
{
	_cleanup_(closep) int fd = root_open(path, O_RDONLY | O_DIRECTORY);

	return fd < 0 ? -1 : scandirat(fd, ".", names, wanted, compare);
}

/* NULL: errno. */
static FILE *open_list(const char *path)
{
	int fd = root_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	FILE *list = fd < 0 ? NULL : fdopen(fd, "r");

	if (!list)
		closep(&fd);
	return list;
}

const struct passwd *root_user(const char *name)
{
	_cleanup_(fclosep) FILE *list = root < 0 ? NULL : open_list("/etc/passwd");
	const struct passwd *user = NULL;

	if (root < 0)
		return getpwnam(name);
	while (list && (user = fgetpwent(list)) && strcmp(user->pw_name, name) != 0)
		;
	return user;
}

const struct group *root_group(const char *name)
{
	_cleanup_(fclosep) FILE *list = root < 0 ? NULL : open_list("/etc/group");
	const struct group *group = NULL;

	if (root < 0)
		return getgrnam(name);
	while (list && (group = fgetgrent(list)) && strcmp(group->gr_name, name) != 0)
		;
	return group;
}
