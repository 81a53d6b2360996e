// SPDX-License-Identifier: BSD-2-Clause
#include "tools.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../../bpf/records.h"

static const struct {
	const char *name;
	uint32_t tool;
} tools[] = {
	{ "kmod", TOOL_KMOD },
	{ "insmod", TOOL_INSMOD },
	{ "rmmod", TOOL_RMMOD },
	{ "modprobe", TOOL_MODPROBE },
};

enum { TOOLS = sizeof(tools) / sizeof(tools[0]) };

static uint32_t tool_of_name(const char *name)
{
	for (size_t i = 0; i < TOOLS; i++)
		if (!strcmp(tools[i].name, name))
			return tools[i].tool;
	return 0;
}

/*
 * The tool that path leads to, by the name of the file at the end of its links: insmod is kmod on most machines, and
 * where it is busybox, busybox as a whole is no module tool.
 */
static int remember(int map_fd, const char *path)
{
	char real[PATH_MAX];
	struct file_id id;
	struct stat st;
	uint32_t tool;

	if (!realpath(path, real) || stat(real, &st))
		return 0; /* not on this machine */
	tool = tool_of_name(strrchr(real, '/') + 1);
	if (!tool)
		return 0;
	id = (struct file_id) {
		.inode = st.st_ino,
		.dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev),
	};
	return bpf_map_update_elem(map_fd, &id, &tool, BPF_ANY) ? -errno : 0;
}

int tools_remember(int map_fd)
{
	static const char *const folders[] = { "/usr/bin", "/usr/sbin",	     "/bin",
					       "/sbin",	   "/usr/local/bin", "/usr/local/sbin" };

	for (size_t f = 0; f < sizeof(folders) / sizeof(folders[0]); f++)
		for (size_t t = 0; t < TOOLS; t++) {
			char path[64];
			int err;

			snprintf(path, sizeof(path), "%s/%s", folders[f], tools[t].name);
			err = remember(map_fd, path);
			if (err)
				return err;
		}
	return 0;
}
