// SPDX-License-Identifier: BSD-2-Clause
#include "covered.h"
#include "../cleanup.h"
#include "../folder.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* The number that the folder has for the name, whatever is mounted there; 0: it has no such name. */
static ino_t number_in(int fd, const char *name)
{
	DIR *folder = fdopendir(fd);
	struct dirent *entry;
	ino_t number = 0;

	if (!folder) {
		close(fd);
		return 0;
	}
	while (!number && (entry = readdir(folder)))
		if (!strcmp(entry->d_name, name))
			number = entry->d_ino;
	closedir(folder);
	return number;
}

const char *covered(const char *folder, const char *name, long magic)
{
	_cleanup_(closep) int fd = folder_open(folder, false);
	struct stat there, above;
	struct statfs fs;

	if (fd < 0)
		return strerror(-fd);
	if (fstatfs(fd, &fs))
		return strerror(errno);
	if (fs.f_type != magic)
		return "another file system is mounted in the place of the kernel's";
	if (fstat(fd, &above) || fstatat(fd, name, &there, 0))
		return strerror(errno);
	/* a mount on it has a root of its own there; one of it on itself is no cover */
	if (there.st_dev != above.st_dev || number_in(take_fd(&fd), name) != there.st_ino)
		return "something else is mounted over it";
	return NULL;
}
