// SPDX-License-Identifier: BSD-2-Clause
#include "files.h"
#include "../cleanup.h"
#include "root.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

void lsm_read(struct lsm_list *list)
{
	_cleanup_(fclosep) FILE *f = fopen("/sys/kernel/security/lsm", "re");
	char names[256] = ",";

	*list = (struct lsm_list) { 0 };
	if (!f || !fgets(names + 1, sizeof(names) - 2, f))
		return;
	names[strcspn(names, "\n")] = '\0';
	snprintf(names + strlen(names), 2, ",");
	list->known = true;
	list->tomoyo = strstr(names, ",tomoyo,") != NULL;
	list->selinux = strstr(names, ",selinux,") != NULL;
	list->smack = strstr(names, ",smack,") != NULL;
	list->apparmor = strstr(names, ",apparmor,") != NULL;
}

static void take_status(struct file_name *name, const struct stat *status)
{
	name->id = (struct file_inode) { status->st_dev, status->st_ino };
	name->uid = status->st_uid;
	name->gid = status->st_gid;
	name->mode = status->st_mode;
	name->major = major(status->st_dev);
	name->minor = minor(status->st_dev);
}

/* The numbers of overlay and btrfs files are made up for stat, and a disk has others where it is booted from. */
static void take_magic(struct file_name *name, const char *path)
{
	if (!root_magic(path, &name->magic))
		return;
	name->plain_numbers =
	    !root_is_set() && name->magic != OVERLAYFS_SUPER_MAGIC && name->magic != BTRFS_SUPER_MAGIC;
}

/* From the folder up to the root, by ".." of their paths: the path has no links in it. */
static void take_folders(struct file_name *name, const char *folder)
{
	char path[PATH_MAX];
	struct stat status;

	snprintf(path, sizeof(path), "%s", folder);
	if (name->exists)
		name->folders[name->folder_count++] = name->id;
	while (name->folder_count < FILE_FOLDERS_MAX) {
		char *slash;

		if (root_stat(*path ? path : "/", &status) == 0)
			name->folders[name->folder_count++] = (struct file_inode) { status.st_dev, status.st_ino };
		if (!*path || !path[1])
			return;
		slash = strrchr(path, '/');
		*slash = '\0';
	}
}

static int fill(struct file_name *name, const char *folder, const char *base, struct arena *arena)
{
	char path[PATH_MAX * 2];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", strcmp(folder, "/") ? folder : "", base);
	name->path = arena_text(arena, path, strlen(path));
	name->base = arena_text(arena, base, strlen(base));
	if (!name->path || !name->base)
		return -ENOMEM;
	name->exists = root_lstat(path, &status) == 0;
	if (!name->exists && (errno != ENOENT || root_stat(folder, &status)))
		return -errno;
	take_status(name, &status);
	take_magic(name, folder);
	if (name->exists && S_ISDIR(status.st_mode))
		take_magic(name, path);
	take_folders(name, folder);
	return 0;
}

int file_find(const char *path, bool follow, struct arena *arena, struct file_name *out)
{
	char folder[PATH_MAX], real[PATH_MAX], resolved[PATH_MAX];
	struct file_name name = { 0 };
	const char *slash;
	int err;

	if (*path != '/' || strlen(path) >= PATH_MAX)
		return -EINVAL;
	if (follow && root_real(path, real))
		path = real;
	slash = strrchr(path, '/');
	snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	if (!root_real(folder, resolved))
		return -errno;
	err = fill(&name, resolved, slash + 1, arena);
	if (!err)
		*out = name;
	return err;
}

bool file_same(const struct file_name *a, const struct file_name *b)
{
	return a->exists == b->exists && a->id.dev == b->id.dev && a->id.ino == b->id.ino &&
	       (a->exists || strcmp(a->base, b->base) == 0);
}

bool file_is_in(const struct file_name *file, const struct file_name *folder)
{
	if (!folder->exists)
		return false;
	for (size_t i = 0; i < file->folder_count; i++)
		if (file->folders[i].dev == folder->id.dev && file->folders[i].ino == folder->id.ino)
			return true;
	return false;
}

/* --- what an exec looks up --- */

static bool known_already(const struct file_names *names, const struct file_name *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (file_same(names->names[i], name))
			return true;
	return false;
}

static int add_name(struct file_names *names, const char *path, bool follow, struct arena *arena)
{
	struct file_name *name = arena_alloc(arena, sizeof(*name));
	int err;

	if (!name)
		return -ENOMEM;
	err = file_find(path, follow, arena, name);
	if (err == -ENOMEM)
		return err;
	if (err) {
		names->wrong = strerror(-err);
		return 0;
	}
	if (names->count < FILE_NAMES_MAX && !known_already(names, name))
		names->names[names->count++] = name;
	return 0;
}

/* The program header's PT_INTERP, in either word size, of this machine's byte order. */
static bool read_interpreter(int fd, const unsigned char *head, ssize_t size, char *path, size_t room)
{
	bool wide = head[EI_CLASS] == ELFCLASS64;
	const Elf64_Ehdr *h64 = (const void *)head;
	const Elf32_Ehdr *h32 = (const void *)head;
	size_t count = wide ? h64->e_phnum : h32->e_phnum;

	if (size < (ssize_t)(wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return false;
	for (size_t i = 0; i < count && i < 128; i++) {
		Elf64_Phdr p64;
		Elf32_Phdr p32;
		off_t at = wide ? (off_t)(h64->e_phoff + i * sizeof(p64)) : (off_t)(h32->e_phoff + i * sizeof(p32));
		uint32_t type;
		uint64_t offset, length;

		if (pread(fd, wide ? (void *)&p64 : (void *)&p32, wide ? sizeof(p64) : sizeof(p32), at) <
		    (ssize_t)(wide ? sizeof(p64) : sizeof(p32)))
			return false;
		type = wide ? p64.p_type : p32.p_type;
		offset = wide ? p64.p_offset : p32.p_offset;
		length = wide ? p64.p_filesz : p32.p_filesz;
		if (type != PT_INTERP)
			continue;
		if (length >= room || pread(fd, path, length, (off_t)offset) != (ssize_t)length)
			return false;
		path[length] = '\0';
		return *path == '/';
	}
	return false;
}

/* The next program that an exec of this one opens: a script's or the dynamic loader. False: none. */
static bool next_program(const char *path, char *next, size_t room)
{
	_cleanup_(closep) int fd = root_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	union {
		unsigned char bytes[256];
		Elf64_Ehdr align;
	} head;
	ssize_t size = fd < 0 ? -1 : pread(fd, head.bytes, sizeof(head.bytes) - 1, 0);
	char *start;

	if (size < 4)
		return false;
	head.bytes[size] = '\0';
	if (memcmp(head.bytes, ELFMAG, SELFMAG) == 0)
		return read_interpreter(fd, head.bytes, size, next, room);
	if (head.bytes[0] != '#' || head.bytes[1] != '!')
		return false;
	start = (char *)head.bytes + 2 + strspn((char *)head.bytes + 2, " \t");
	snprintf(next, room, "%.*s", (int)strcspn(start, " \t\n"), start);
	return *next == '/';
}

static bool is_script(const char *path)
{
	_cleanup_(closep) int fd = root_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	char head[2];

	return fd >= 0 && pread(fd, head, 2, 0) == 2 && memcmp(head, "#!", 2) == 0;
}

int file_names_of_exec(const char *path, bool nofollow_too, struct arena *arena, struct file_names *out)
{
	struct file_names names = { .link_at = SIZE_MAX };
	char program[PATH_MAX], next[PATH_MAX];
	struct file_name *first;
	struct stat status;
	int err = add_name(&names, path, true, arena);

	if (err || names.wrong || !names.count) {
		*out = names;
		return err;
	}
	first = names.names[0];
	names.is_link = root_lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
	if (names.is_link && nofollow_too) {
		names.link_at = names.count;
		err = add_name(&names, path, false, arena);
	}
	snprintf(program, sizeof(program), "%s", first->path);
	/* a script's interpreter may be a script again; the loader of the last one ends it */
	for (int i = 0; !err && first->exists && i < 5 && next_program(program, next, sizeof(next)); i++) {
		bool script = is_script(program);

		err = add_name(&names, next, true, arena);
		if (!script)
			break;
		snprintf(program, sizeof(program), "%s", next);
	}
	if (first->exists && root_stat(program, &status) == 0) {
		names.exe_id_known = true;
		names.exe = (struct file_inode) { status.st_dev, status.st_ino };
	}
	*out = names;
	return err;
}

int file_names_of_path(const char *path, bool follow, struct arena *arena, struct file_names *out)
{
	struct file_names names = { .link_at = SIZE_MAX };
	int err = add_name(&names, path, follow, arena);

	*out = names;
	return err;
}
