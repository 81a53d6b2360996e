// SPDX-License-Identifier: BSD-2-Clause
#include "pins.h"
#include "../cleanup.h"
#include "control.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

/*
 * A kill in the midst of pins_replace() leaves next whole and current not. Before, next may be anything; what tells is
 * that its programs work.
 */
static bool is_next_whole(const struct pins *pins)
{
	_cleanup_(closep) int fd = -1;
	struct control control;
	char path[PATH_MAX];

	pin_path(pins, path, "next", "maps", map_names[MAP_CONTROL]);
	fd = bpf_obj_get(path);
	return fd >= 0 && !control_peek(fd, &control) && control.generation;
}

bool pins_any(const struct pins *pins)
{
	char path[PATH_MAX];

	if (is_next_whole(pins))
		pins_replace(pins);
	pin_path(pins, path, "current", NULL, NULL);
	return !access(path, F_OK);
}

/* What is at one path, told from what is at another: every kind's info begins with a type and the id. */
union any_info {
	uint32_t type_and_id[2];
	struct bpf_link_info link;
	struct bpf_prog_info program;
	struct bpf_map_info map;
};

/* What the kernel says of a map is of another length than what it says of a link, or of a program. */
static bool is_same(int a, int b)
{
	union any_info one = { 0 }, other = { 0 };
	uint32_t one_size = sizeof(one), other_size = sizeof(other);

	return !bpf_obj_get_info_by_fd(a, &one, &one_size) && !bpf_obj_get_info_by_fd(b, &other, &other_size) &&
	       one_size == other_size && one.type_and_id[1] == other.type_and_id[1];
}

int pins_get_map(const struct pins *pins, enum map map)
{
	char path[PATH_MAX];
	int fd;

	pin_path(pins, path, "current", "maps", map_names[map]);
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

static int check(const char *path, int ours)
{
	_cleanup_(closep) int there = bpf_obj_get(path);

	if (there < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM))
		return -EAGAIN;
	if (there < 0)
		return errno == ENOENT ? -ENOENT : -ESTALE;
	return is_same(there, ours) ? 0 : -ESTALE;
}

int pins_get_maps(const struct pins *pins, struct kernel_side *side)
{
	char path[PATH_MAX];
	int err = 0;

	for (int i = 0; i < MAPS; i++) {
		closep(&side->maps[i]);
		pin_path(pins, path, "current", "maps", map_names[i]);
		side->maps[i] = bpf_obj_get(path);
		if (side->maps[i] < 0 && !err)
			err = -errno;
	}
	return err;
}

enum { GENERATION_SIZE = 64 };

static void generation_name(char name[static GENERATION_SIZE], uint32_t generation, const char *digest)
{
	snprintf(name, GENERATION_SIZE, "generation-%u-%s", generation, digest);
}

/* A link to a function of the kernel's, and its ids; -EINVAL: another thing is there. */
static int get_link(const char *path, struct bpf_link_info *info)
{
	uint32_t size = sizeof(*info);
	_cleanup_(closep) int fd = bpf_obj_get(path);

	*info = (struct bpf_link_info) { 0 };
	if (fd < 0)
		return -errno;
	if (bpf_obj_get_info_by_fd(fd, info, &size) || !info->id)
		return -EINVAL;
	if (info->type != BPF_LINK_TYPE_TRACING && info->type != BPF_LINK_TYPE_RAW_TRACEPOINT)
		return -EINVAL;
	return take_fd(&fd);
}

static bool is_program(int fd, uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size) && info.type == BPF_PROG_TYPE_TRACING &&
	       info.id == id;
}

static void path_of_probe(const struct pins *pins, char path[static PATH_MAX], const char *generation, size_t i,
			  bool program)
{
	char name[2 * PROBE_NAME_SIZE];

	snprintf(name, sizeof(name), "%s%s", programs[i].name, program ? "-program" : "");
	pin_path(pins, path, "current", generation, name);
}

static void get_probe(const struct pins *pins, struct kernel_side *side, const char *generation, size_t i)
{
	struct probe *probe = &side->probes[i];
	struct bpf_link_info info;
	char path[PATH_MAX];

	path_of_probe(pins, path, generation, i, false);
	probe->link = get_link(path, &info);
	if (probe->link < 0)
		return;
	probe->link_id = info.id;
	probe->pinned = true;
	path_of_probe(pins, path, generation, i, true);
	probe->program = bpf_obj_get(path);
	if (is_program(probe->program, info.prog_id))
		return;
	closep(&probe->program);
	probe->program = -1;
}

void pins_get_probes(const struct pins *pins, struct kernel_side *side, const char *digest)
{
	char generation[GENERATION_SIZE];

	generation_name(generation, side->generation, digest);
	for (size_t i = 0; i < PROBES; i++)
		get_probe(pins, side, generation, i);
}

bool pins_have_link(const struct pins *pins, uint32_t generation, const char *name)
{
	_cleanup_(closedirp) DIR *folder = NULL;
	char path[PATH_MAX], prefix[GENERATION_SIZE];
	const struct dirent *entry;
	bool found = false;

	generation_name(prefix, generation, "");
	pin_path(pins, path, "current", NULL, NULL);
	folder = opendir(path);
	while (!found && folder && (entry = readdir(folder))) {
		struct bpf_link_info info;
		_cleanup_(closep) int link = -1;

		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		pin_path(pins, path, "current", entry->d_name, name);
		link = get_link(path, &info);
		found = link >= 0;
	}
	return found;
}

static int check_probe(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i,
		       bool program)
{
	char generation[GENERATION_SIZE], path[PATH_MAX];

	generation_name(generation, side->generation, digest);
	path_of_probe(pins, path, generation, i, program);
	return check(path, program ? side->probes[i].program : side->probes[i].link);
}

int pins_check_link(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i)
{
	return check_probe(pins, side, digest, i, false);
}

int pins_check_program(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i)
{
	return check_probe(pins, side, digest, i, true);
}

int pins_check_map(const struct pins *pins, const struct kernel_side *side, size_t i)
{
	char path[PATH_MAX];

	pin_path(pins, path, "current", "maps", map_names[i]);
	return check(path, side->maps[i]);
}

int pins_put_maps(const struct pins *pins, const struct kernel_side *side)
{
	char path[PATH_MAX];
	int err;

	pin_path(pins, path, "next", NULL, NULL);
	err = pin_remove_tree(path);
	if (!err)
		err = pin_make_folder(path);
	pin_path(pins, path, "next", "maps", NULL);
	if (!err)
		err = pin_make_folder(path);
	for (int i = 0; !err && i < MAPS; i++) {
		pin_path(pins, path, "next", "maps", map_names[i]);
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

int pins_put_map(const struct pins *pins, const struct kernel_side *side, size_t i)
{
	char path[PATH_MAX];

	pin_path(pins, path, "current", "maps", map_names[i]);
	return put(side->maps[i], path);
}

int pins_put_probe(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i, bool fresh)
{
	const struct probe *probe = &side->probes[i];
	const char *where = fresh ? "next" : "current";
	char generation[GENERATION_SIZE], path[PATH_MAX];
	int err;

	generation_name(generation, side->generation, digest);
	pin_path(pins, path, where, generation, NULL);
	err = pin_make_folder(path);
	pin_path(pins, path, where, generation, programs[i].name);
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

	pin_path(pins, current, "current", NULL, NULL);
	pin_path(pins, next, "next", NULL, NULL);
	err = pin_remove_tree(current);
	if (!err && rename(next, current))
		err = -errno;
	return err;
}

void pins_forget_others(const struct pins *pins, uint32_t generation, const char *digest)
{
	_cleanup_(closedirp) DIR *folder = NULL;
	char path[PATH_MAX], kept[GENERATION_SIZE];
	const struct dirent *entry;

	generation_name(kept, generation, digest);
	pin_path(pins, path, "current", NULL, NULL);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "generation-", 11) != 0 || !strcmp(entry->d_name, kept))
			continue;
		pin_path(pins, path, "current", entry->d_name, NULL);
		pin_remove_tree(path);
	}
}
