// SPDX-License-Identifier: BSD-2-Clause
#include "pin_folder.h"
#include "../cleanup.h"
#include "../log.h"
#include "../trusted.h"
#include "../folder.h"
#include "../handover.h"
#include "maps.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

void pin_path(const struct pins *pins, char path[static PATH_MAX], const char *a, const char *b, const char *c)
{
	snprintf(path, PATH_MAX, "%s/%s%s%s%s%s", pins->folder, a, b ? "/" : "", b ? b : "", c ? "/" : "", c ? c : "");
}

int pin_remove_tree(const char *path)
{
	_cleanup_(closep) int fd = folder_open(path, false);
	_cleanup_(closedirp) DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int err = 0;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (!folder)
		return -errno;
	take_fd(&fd); /* the stream has it */
	while (!err && (entry = readdir(folder))) {
		char below[PATH_MAX];

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >= (int)sizeof(below))
			return -ENAMETOOLONG;
		if (entry->d_type == DT_DIR)
			err = pin_remove_tree(below);
		else if (unlink(below))
			err = -errno;
	}
	if (!err && rmdir(path))
		err = -errno;
	return err;
}

int pin_make_folder(const char *path)
{
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

/* The process that reads from these pins, as it has left its number in the memory; 0: it cannot be told. */
static uint32_t holder(const struct pins *pins)
{
	_cleanup_(closep) int fd = -1;
	char path[PATH_MAX];
	struct handover *handover;
	uint32_t pid;

	pin_path(pins, path, "current", "maps", map_names[MAP_HANDOVER]);
	fd = bpf_obj_get(path);
	if (fd < 0 || handover_map(fd, &handover))
		return 0;
	pid = handover_reader(handover);
	handover_unmap(handover);
	return pid;
}

/*
 * Whoever can open something can lock it. The pin folder may be open to others, or have been; what is in it and was
 * made for its owner alone never was.
 */
static int open_lock(const char *folder)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/lock", folder);
	fd = folder_open(path, true);
	if (fd < 0)
		return fd;
	if (!fstat(fd, &st) && st.st_uid == geteuid() && (st.st_mode & 07777) == 0700)
		return fd;
	close(fd);
	return -EPERM;
}

static int lock_folder(struct pins *pins)
{
	uint32_t pid;

	pins->lock = open_lock(pins->folder);
	if (pins->lock < 0) {
		log_line("%s/lock cannot be used (%s): it has to be a folder with the mode 0700, so remove it",
			 pins->folder, strerror(-pins->lock));
		return pins->lock;
	}
	if (!flock(pins->lock, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK) {
		log_line("%s cannot be locked (%s), so it cannot be used for --pin", pins->folder, strerror(errno));
		return -errno;
	}
	pid = holder(pins);
	if (pid)
		log_line("%s is held by another kmodwatch, process %u: stop that one, or use another folder for --pin",
			 pins->folder, pid);
	else
		log_line("%s is held by another kmodwatch: stop that one, or use another folder for --pin",
			 pins->folder);
	return -EBUSY;
}

static int refuse(const char *folder, int err, const char *why)
{
	if (why)
		log_line("%s cannot be used for --pin: %s", folder, why);
	else if (err == -ENOTDIR || err == -ELOOP)
		log_line("%s cannot be used for --pin: it is not a folder (symbolic links are not followed)", folder);
	else
		log_line("%s cannot be used for --pin (%s): it takes a folder on a bpffs, usually below /sys/fs/bpf "
			 "(mount -t bpf bpf /sys/fs/bpf)",
			 folder, strerror(-err));
	return err;
}

/* What is below is found by its name again and again, so nobody may put another folder in its place. */
static int check_parent(const char *folder, const char **why)
{
	const char *name, *reason;
	_cleanup_(closep) int fd = trusted_parent(folder, &name, &reason);

	if (fd == -EPERM)
		*why = reason;
	return fd < 0 ? fd : 0;
}

static int check_bpffs(const char *folder, int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return refuse(folder, -errno, strerror(errno));
	if (fs.f_type == BPF_FS_MAGIC)
		return 0;
	log_line("%s is not on a bpffs, so nothing can be pinned there: use a folder below /sys/fs/bpf", folder);
	return -EINVAL;
}

/* Whether what was opened as the folder will do. */
static int check_folder(const char *folder, int fd)
{
	struct stat st;
	int err = check_bpffs(folder, fd);

	if (err)
		return err;
	if (fstat(fd, &st))
		return refuse(folder, -errno, strerror(errno));
	if (st.st_uid != geteuid() || (st.st_mode & 022)) {
		log_line("%s is not used for --pin, since others can write to it (owner %u, mode %o): remove it, or "
			 "chown it and chmod it to 0700",
			 folder, st.st_uid, st.st_mode & 07777);
		return -EPERM;
	}
	return 0;
}

static int open_folder(struct pins *pins, const char *folder, bool make)
{
	const char *why = NULL;
	int err;

	if (snprintf(pins->folder, sizeof(pins->folder), "%s", folder) >= (int)sizeof(pins->folder)) {
		log_line("the name of the folder for --pin is too long");
		return -ENAMETOOLONG;
	}
	err = check_parent(folder, &why);
	pins->folder_fd = err ? err : folder_open(folder, make);
	if (pins->folder_fd == -ENOENT && !make)
		return -ENOENT;
	if (pins->folder_fd < 0)
		return refuse(folder, pins->folder_fd, why);
	return check_folder(folder, pins->folder_fd);
}

void pins_freep(struct pins **pins)
{
	if (!*pins)
		return;
	closep(&(*pins)->lock);
	closep(&(*pins)->folder_fd);
	free(*pins);
	*pins = NULL;
}

static int open_locked(const char *folder, bool make, struct pins **out)
{
	_cleanup_(pins_freep) struct pins *pins = calloc(1, sizeof(*pins));
	int err;

	if (!pins)
		return -ENOMEM;
	pins->lock = pins->folder_fd = -1;
	err = open_folder(pins, folder, make);
	if (!err)
		err = lock_folder(pins);
	if (err)
		return err;
	*out = TAKE_PTR(pins);
	return 0;
}

int pins_open(const char *folder, struct pins **out)
{
	return open_locked(folder, true, out);
}

int pins_check(const char *folder)
{
	_cleanup_(pins_freep) struct pins *pins = calloc(1, sizeof(*pins));
	char parent[PATH_MAX];
	int err;

	if (!pins)
		return -ENOMEM;
	pins->lock = pins->folder_fd = -1;
	err = open_folder(pins, folder, false);
	if (err != -ENOENT)
		return err;
	snprintf(parent, sizeof(parent), "%s", folder);
	pins->folder_fd = folder_open(dirname(parent), false);
	if (pins->folder_fd < 0)
		return refuse(folder, pins->folder_fd, NULL);
	return check_bpffs(folder, pins->folder_fd);
}

bool pins_are_held_by(const char *folder, unsigned int pid)
{
	_cleanup_(fclosep) FILE *locks = fopen("/proc/locks", "re");
	char path[PATH_MAX], line[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/lock", folder);
	if (!locks || stat(path, &st))
		return false;
	while (fgets(line, sizeof(line), locks)) {
		unsigned int pid_there, major, minor;
		unsigned long inode;

		if (sscanf(line, "%*s FLOCK %*s WRITE %u %x:%x:%lu", &pid_there, &major, &minor, &inode) == 4 &&
		    pid_there == pid && inode == st.st_ino && makedev(major, minor) == st.st_dev)
			return true;
	}
	return false;
}

bool pins_may_be_had_later(const char *folder, int err)
{
	static const char usual[] = "/sys/fs/bpf/";

	return err == -EBUSY || err == -ENOMEM || !strncmp(folder, usual, strlen(usual));
}

/* 1: both are the same file. */
static int is_same_file(int a, int b)
{
	struct stat one, other;

	if (fstat(a, &one) || fstat(b, &other))
		return -errno;
	return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* The lock is on a folder, not on its name: it goes over to the new one. */
static int restore_lock(struct pins *pins)
{
	_cleanup_(closep) int fd = open_lock(pins->folder);
	int same = fd < 0 ? fd : is_same_file(pins->lock, fd);

	if (same)
		return same < 0 ? same : 0;
	if (flock(fd, LOCK_EX | LOCK_NB))
		return -errno;
	closep(&pins->lock);
	pins->lock = take_fd(&fd);
	return 0;
}

static int restore_top(struct pins *pins)
{
	_cleanup_(closep) int fd = folder_open(pins->folder, true);
	int err, same = fd < 0 ? fd : is_same_file(pins->folder_fd, fd);

	if (same)
		return same < 0 ? same : restore_lock(pins);
	err = check_folder(pins->folder, fd);
	if (err)
		return err;
	closep(&pins->folder_fd);
	pins->folder_fd = take_fd(&fd);
	return restore_lock(pins);
}

int pins_restore(struct pins *pins)
{
	char path[PATH_MAX];
	int err = restore_top(pins);

	pin_path(pins, path, "current", NULL, NULL);
	if (!err)
		err = pin_make_folder(path);
	pin_path(pins, path, "current", "maps", NULL);
	return err ? err : pin_make_folder(path);
}

/* All that is pinned. */
static int forget(const struct pins *pins)
{
	static const char *const folders[] = { "current", "next" };
	char path[PATH_MAX];
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		pin_path(pins, path, folders[i], NULL, NULL);
		err = pin_remove_tree(path);
	}
	return err;
}

/* While it is held, so that nobody comes to hold what is being removed. */
static int remove_lock(const struct pins *pins)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/lock", pins->folder);
	return rmdir(path) ? -errno : 0;
}

int pins_remove(const char *folder)
{
	_cleanup_(pins_freep) struct pins *pins = NULL;
	int err = open_locked(folder, false, &pins);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = forget(pins);
	if (!err)
		err = remove_lock(pins);
	if (!err && rmdir(folder) && errno != ENOTEMPTY && errno != EBUSY)
		err = -errno;
	if (err)
		log_line("not everything could be removed from %s: %s", folder, strerror(-err));
	return err;
}
