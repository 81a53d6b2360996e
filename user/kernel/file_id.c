// SPDX-License-Identifier: BSD-2-Clause
#include "file_id.h"
#include "../cleanup.h"

#include <sys/inotify.h>

bool file_id_watched(int watch, int wd, struct file_id *id)
{
	_cleanup_(fclosep) FILE *file = NULL;
	char path[64], line[512];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", watch);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		unsigned long long inode, dev;
		unsigned int number;

		if (sscanf(line, "inotify wd:%x ino:%llx sdev:%llx", &number, &inode, &dev) != 3 ||
		    number != (unsigned int)wd)
			continue;
		*id = (struct file_id) { .inode = inode, .dev = dev };
		return true;
	}
	return false;
}

bool file_id_read(const char *path, struct file_id *id)
{
	_cleanup_(closep) int watch = inotify_init1(IN_CLOEXEC);
	int wd = watch < 0 ? -1 : inotify_add_watch(watch, path, IN_DELETE_SELF);

	return wd >= 0 && file_id_watched(watch, wd, id);
}
