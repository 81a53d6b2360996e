// SPDX-License-Identifier: BSD-2-Clause
#include "tools.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"
#include "file_id.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const struct {
	const char *name;
	uint32_t tool;
} names[] = {
	{ "kmod", TOOL_KMOD },
	{ "insmod", TOOL_INSMOD },
	{ "rmmod", TOOL_RMMOD },
	{ "modprobe", TOOL_MODPROBE },
};

static const char *const folders[] = { "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin" };

enum {
	NAMES = COUNT(names),
	FOLDERS = COUNT(folders),
	FOLDER_CHANGES = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF,
	FILE_CHANGES = IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF,
};

_Static_assert(COUNT(names) * COUNT(folders) == TOOLS_FOUND_MAX, "each has room");

static uint32_t tool_of_name(const char *name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (!strcmp(names[i].name, name))
			return names[i].tool;
	return 0;
}

/*
 * The tool that path leads to, by the name of the file at the end of its links: insmod is kmod on most machines, and
 * where it is busybox, busybox as a whole is no module tool.
 */
static void look_up(const char *path, int watch, struct tools_found *found)
{
	char real[PATH_MAX];
	struct file_id id;
	struct stat st;
	uint32_t tool;
	int wd;

	if (!realpath(path, real) || stat(real, &st))
		return; /* not on this machine */
	tool = tool_of_name(strrchr(real, '/') + 1);
	if (!tool)
		return;
	id = (struct file_id) {
		.inode = st.st_ino,
		.dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev),
	};
	wd = inotify_add_watch(watch, real, FILE_CHANGES);
	if (wd >= 0)
		file_id_watched(watch, wd, &id);
	found->ids[found->count] = id;
	found->files[found->count++] = (struct tool_file) {
		.tool = tool,
		.mtime_sec = st.st_mtim.tv_sec,
		.mtime_nsec = st.st_mtim.tv_nsec,
		.size = st.st_size,
	};
	*strrchr(real, '/') = '\0'; /* where a link leads to may be elsewhere */
	inotify_add_watch(watch, real, FOLDER_CHANGES | IN_ONLYDIR);
}

static bool was_found(const struct tools_found *found, const struct file_id *id)
{
	for (size_t i = 0; i < found->count; i++)
		if (found->ids[i].inode == id->inode && found->ids[i].dev == id->dev)
			return true;
	return false;
}

/* Those that are in the map now. */
static size_t read_keys(int map, struct file_id keys[static TOOLS_KEPT])
{
	struct file_id *last = NULL;
	size_t count = 0;

	while (count < TOOLS_KEPT && !bpf_map_get_next_key(map, last, &keys[count]))
		last = &keys[count++];
	return count;
}

/* The number of a file that is gone may become any other's. */
static int drop_others(const struct tools *tools)
{
	struct file_id keys[TOOLS_KEPT];
	size_t count = read_keys(tools->map, keys);

	for (size_t i = 0; i < count; i++)
		if (!was_found(&tools->found, &keys[i]) && bpf_map_delete_elem(tools->map, &keys[i]) && errno != ENOENT)
			return -errno;
	return 0;
}

int tools_fill(const struct tools *tools)
{
	const struct tools_found *found = &tools->found;
	int err = drop_others(tools); /* first: there must be room */

	for (size_t i = 0; !err && i < found->count; i++)
		if (bpf_map_update_elem(tools->map, &found->ids[i], &found->files[i], BPF_ANY))
			err = -errno;
	return err;
}

/* Two names of one file have equal entries. */
bool tools_are_whole(const struct tools *tools)
{
	struct file_id keys[TOOLS_KEPT];
	size_t count = read_keys(tools->map, keys);

	for (size_t i = 0; i < count; i++)
		if (!was_found(&tools->found, &keys[i]))
			return false;
	for (size_t i = 0; i < tools->found.count; i++) {
		struct tool_file file;

		if (bpf_map_lookup_elem(tools->map, &tools->found.ids[i], &file) ||
		    memcmp(&file, &tools->found.files[i], sizeof(file)) != 0)
			return false;
	}
	return true;
}

/* The watch is there before what it watches is looked at. */
static int look_up_all(struct tools *tools)
{
	tools->found = (struct tools_found) { 0 };
	closep(&tools->watch);
	tools->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t f = 0; f < FOLDERS; f++)
		inotify_add_watch(tools->watch, folders[f], FOLDER_CHANGES | IN_ONLYDIR);
	for (size_t f = 0; f < FOLDERS; f++)
		for (size_t t = 0; t < NAMES; t++) {
			char path[64];

			snprintf(path, sizeof(path), "%s/%s", folders[f], names[t].name);
			look_up(path, tools->watch, &tools->found);
		}
	return tools_fill(tools);
}

int tools_init(struct tools *tools, int map_fd, uint64_t now)
{
	*tools = (struct tools) { .map = map_fd, .watch = -1, .due = clock_next_minute(now) };
	return look_up_all(tools);
}

void tools_done(struct tools *tools)
{
	closep(&tools->watch);
	tools->watch = -1;
}

int tools_due_ms(const struct tools *tools, uint64_t now)
{
	return ms_until(tools->due, now);
}

/* What happened is of no interest, and one read takes much of it; the rest is forgotten with the watch. */
static bool changed(const struct tools *tools)
{
	_Alignas(struct inotify_event) char bytes[sizeof(struct inotify_event) + NAME_MAX + 1];

	return tools->watch >= 0 && read(tools->watch, bytes, sizeof(bytes)) > 0;
}

void tools_check(struct tools *tools, uint64_t now)
{
	int err;

	if (now < tools->due)
		return;
	tools->due = clock_next_minute(now);
	if (!changed(tools))
		return;
	err = look_up_all(tools);
	if (err && !tools->complained)
		log_line("the module tools could not be looked up again (%s): they are recognised by name only",
			 strerror(-err));
	tools->complained = err;
}
