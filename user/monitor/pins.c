// SPDX-License-Identifier: BSD-2-Clause
#include "pins.h"
#include "../cleanup.h"
#include "../log.h"
#include "../trusted.h"
#include "folder.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

struct pins {
	char folder[PATH_MAX - 512]; /* what is below is never longer than the rest */
	int lock;		     /* the folder, opened and locked */
};

static void closedirp(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static void path_in(const struct pins *pins, char path[static PATH_MAX], const char *a, const char *b, const char *c)
{
	snprintf(path, PATH_MAX, "%s/%s%s%s%s%s", pins->folder, a, b ? "/" : "", b ? b : "", c ? "/" : "", c ? c : "");
}

static int remove_tree(const char *path)
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
			err = remove_tree(below);
		else if (unlink(below))
			err = -errno;
	}
	if (!err && rmdir(path))
		err = -errno;
	return err;
}

/* Made with its parents' permission: only the last folder, for its owner. */
static int make_folder(const char *path)
{
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

/* The process that reads from these pins, as it has left its number in the memory; 0: it cannot be told. */
static uint32_t holder(const struct pins *pins)
{
	_cleanup_(closep) int fd = -1;
	char path[PATH_MAX];
	struct memory *memory;
	uint32_t pid;

	path_in(pins, path, "current", "maps", map_names[MAP_MEMORY]);
	fd = bpf_obj_get(path);
	if (fd < 0 || memory_map(fd, &memory))
		return 0;
	pid = memory_reader(memory);
	memory_unmap(memory);
	return pid;
}

static int lock_folder(struct pins *pins)
{
	uint32_t pid;

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
		log_line("%s cannot be used for --pin: that is no folder (links are not followed): name one", folder);
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

static int open_folder(struct pins *pins, const char *folder, bool make)
{
	struct statfs fs;
	const char *why = NULL;
	struct stat st;
	int err;

	if (snprintf(pins->folder, sizeof(pins->folder), "%s", folder) >= (int)sizeof(pins->folder)) {
		log_line("the name of the folder for --pin is too long");
		return -ENAMETOOLONG;
	}
	err = check_parent(folder, &why);
	pins->lock = err ? err : folder_open(folder, make);
	if (pins->lock == -ENOENT && !make)
		return -ENOENT;
	if (pins->lock < 0)
		return refuse(folder, pins->lock, why);
	if (fstatfs(pins->lock, &fs) || fstat(pins->lock, &st))
		return refuse(folder, -errno, strerror(errno));
	if (fs.f_type != BPF_FS_MAGIC) {
		log_line("%s is not on a bpffs, so nothing can be pinned there: use a folder below /sys/fs/bpf",
			 folder);
		return -EINVAL;
	}
	if (st.st_uid != geteuid() || (st.st_mode & 022)) {
		log_line("%s is not ours alone (owner %u, mode %o), so it is not used for --pin: remove it, or chown "
			 "and chmod it to 0700",
			 folder, st.st_uid, st.st_mode & 07777);
		return -EPERM;
	}
	return 0;
}

void pins_freep(struct pins **pins)
{
	if (!*pins)
		return;
	closep(&(*pins)->lock);
	free(*pins);
	*pins = NULL;
}

static int open_locked(const char *folder, bool make, struct pins **out)
{
	_cleanup_(pins_freep) struct pins *pins = calloc(1, sizeof(*pins));
	int err;

	if (!pins)
		return -ENOMEM;
	pins->lock = -1;
	err = open_folder(pins, folder, make);
	if (!err)
		err = lock_folder(pins);
	if (err)
		return err;
	*out = pins;
	pins = NULL;
	return 0;
}

int pins_open(const char *folder, struct pins **out)
{
	return open_locked(folder, true, out);
}

static int get_maps(const struct pins *pins, struct kernel_side *side)
{
	char path[PATH_MAX];

	for (int i = 0; i < MAPS; i++) {
		closep(&side->maps[i]);
		path_in(pins, path, "current", "maps", map_names[i]);
		side->maps[i] = bpf_obj_get(path);
		if (side->maps[i] < 0)
			return -errno;
	}
	return 0;
}

/* A kill in the midst of pins_replace() leaves next whole and current not. */
int pins_get_maps(const struct pins *pins, struct kernel_side *side)
{
	char path[PATH_MAX];
	int err = get_maps(pins, side);

	path_in(pins, path, "next", NULL, NULL);
	if (err == -ENOENT && !access(path, F_OK) && !pins_replace(pins))
		err = get_maps(pins, side);
	return err;
}

enum { GENERATION_SIZE = 64 };

static void generation_name(char name[static GENERATION_SIZE], uint32_t generation, const char *digest)
{
	snprintf(name, GENERATION_SIZE, "generation-%u-%s", generation, digest);
}

static void get_probe(const struct pins *pins, struct kernel_side *side, const char *generation, size_t i)
{
	struct probe *probe = &side->probes[i];
	struct bpf_link_info info = { 0 };
	uint32_t size = sizeof(info);
	char path[PATH_MAX];

	path_in(pins, path, "current", generation, programs[i].name);
	probe->link = bpf_obj_get(path);
	if (probe->link < 0)
		return;
	if (bpf_obj_get_info_by_fd(probe->link, &info, &size) || !info.id) {
		closep(&probe->link); /* somebody put another thing there */
		probe->link = -1;
		return;
	}
	probe->link_id = info.id;
	probe->pinned = true;
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "-program");
	probe->program = bpf_obj_get(path);
}

void pins_get_probes(const struct pins *pins, struct kernel_side *side, const char *digest)
{
	char generation[GENERATION_SIZE];

	generation_name(generation, side->generation, digest);
	for (size_t i = 0; i < PROBES; i++)
		get_probe(pins, side, generation, i);
}

int pins_check_probe(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i)
{
	_cleanup_(closep) int link = -1;
	char generation[GENERATION_SIZE], path[PATH_MAX];
	struct bpf_link_info info = { 0 };
	uint32_t size = sizeof(info);

	generation_name(generation, side->generation, digest);
	path_in(pins, path, "current", generation, programs[i].name);
	link = bpf_obj_get(path);
	if (link < 0)
		return errno == ENOENT ? -ENOENT : -ESTALE;
	if (bpf_obj_get_info_by_fd(link, &info, &size) || info.id != side->probes[i].link_id)
		return -ESTALE;
	return 0;
}

int pins_put_maps(const struct pins *pins, const struct kernel_side *side)
{
	char path[PATH_MAX];
	int err;

	path_in(pins, path, "next", NULL, NULL);
	err = remove_tree(path);
	if (!err)
		err = make_folder(path);
	path_in(pins, path, "next", "maps", NULL);
	if (!err)
		err = make_folder(path);
	for (int i = 0; !err && i < MAPS; i++) {
		path_in(pins, path, "next", "maps", map_names[i]);
		if (bpf_obj_pin(side->maps[i], path))
			err = -errno;
	}
	return err;
}

static int put(int fd, const char *path)
{
	unlink(path);
	return bpf_obj_pin(fd, path) ? -errno : 0;
}

int pins_put_probe(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i, bool fresh)
{
	const struct probe *probe = &side->probes[i];
	const char *where = fresh ? "next" : "current";
	char generation[GENERATION_SIZE], path[PATH_MAX];
	int err;

	generation_name(generation, side->generation, digest);
	path_in(pins, path, where, generation, NULL);
	err = make_folder(path);
	path_in(pins, path, where, generation, programs[i].name);
	if (!err)
		err = put(probe->link, path);
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "-program");
	if (!err && probe->program >= 0)
		err = put(probe->program, path);
	return err;
}

int pins_replace(const struct pins *pins)
{
	char current[PATH_MAX], next[PATH_MAX];
	int err;

	path_in(pins, current, "current", NULL, NULL);
	path_in(pins, next, "next", NULL, NULL);
	err = remove_tree(current);
	if (!err && rename(next, current))
		err = -errno;
	return err;
}

int pins_forget(const struct pins *pins)
{
	static const char *const folders[] = { "current", "next" };
	char path[PATH_MAX];
	int err = 0;

	for (int i = 0; !err && i < 2; i++) {
		path_in(pins, path, folders[i], NULL, NULL);
		err = remove_tree(path);
	}
	return err;
}

void pins_forget_others(const struct pins *pins, uint32_t generation, const char *digest)
{
	_cleanup_(closedirp) DIR *folder = NULL;
	char path[PATH_MAX], kept[GENERATION_SIZE];
	const struct dirent *entry;

	generation_name(kept, generation, digest);
	path_in(pins, path, "current", NULL, NULL);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "generation-", 11) != 0 || !strcmp(entry->d_name, kept))
			continue;
		path_in(pins, path, "current", entry->d_name, NULL);
		remove_tree(path);
	}
}

int pins_remove(const char *folder)
{
	_cleanup_(pins_freep) struct pins *pins = NULL;
	int err = open_locked(folder, false, &pins);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = pins_forget(pins);
	if (!err && rmdir(folder) && errno != ENOTEMPTY && errno != EBUSY)
		err = -errno;
	if (err)
		log_line("not everything could be taken out of %s: %s", folder, strerror(-err));
	return err;
}
