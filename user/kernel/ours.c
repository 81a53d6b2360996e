// SPDX-License-Identifier: BSD-2-Clause
#include "ours.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct entry {
	struct object_id id;
	char name[OBJECT_NAME_SIZE];
};

enum { ENTRIES_MAX = MAPS + 2 * PROBES + 1 };

static uint32_t program_id(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

static uint32_t id_of_map(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info);

	return fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

static void add(struct entry *entries, size_t *count, enum object object, uint32_t id, const char *name)
{
	struct entry *entry = &entries[*count];

	if (!id)
		return;
	*entry = (struct entry) { .id = { object, id } };
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	(*count)++;
}

static size_t list(const struct kernel_side *side, struct entry entries[static ENTRIES_MAX])
{
	size_t count = 0;

	for (int i = 0; i < MAPS; i++)
		add(entries, &count, OBJECT_MAP, id_of_map(side->maps[i]), map_names[i]);
	for (size_t i = 0; i < PROBES; i++) {
		add(entries, &count, OBJECT_PROGRAM, program_id(side->probes[i].program), programs[i].name);
		if (side->probes[i].link >= 0)
			add(entries, &count, OBJECT_LINK, side->probes[i].link_id, programs[i].name);
	}
	add(entries, &count, OBJECT_PROGRAM, program_id(side->order), "order");
	return count;
}

static bool is_listed(const struct entry *entries, size_t count, const struct object_id *id)
{
	for (size_t i = 0; i < count; i++)
		if (!memcmp(&entries[i].id, id, sizeof(*id)))
			return true;
	return false;
}

/* The kernel gives no id twice for long, but the map must not fill up. */
static void remove_others(int map, const struct entry *entries, size_t count)
{
	struct object_id id, next;
	bool more = !bpf_map_get_next_key(map, NULL, &next);

	while (more) {
		id = next;
		more = !bpf_map_get_next_key(map, &id, &next);
		if (!is_listed(entries, count, &id))
			bpf_map_delete_elem(map, &id);
	}
}

int ours_enter(const struct kernel_side *side)
{
	struct entry entries[ENTRIES_MAX];
	size_t count = list(side, entries);
	int map = side->maps[MAP_OBJECTS];

	remove_others(map, entries, count);
	for (size_t i = 0; i < count; i++) {
		struct object_state state = { 0 };

		memcpy(state.name, entries[i].name, sizeof(state.name));
		if (bpf_map_update_elem(map, &entries[i].id, &state, BPF_NOEXIST) && errno != EEXIST)
			return -errno;
	}
	return 0;
}

bool ours_are_whole(const struct kernel_side *side)
{
	struct entry entries[ENTRIES_MAX];
	size_t count = list(side, entries);

	for (size_t i = 0; i < count; i++) {
		struct object_state state;

		if (bpf_map_lookup_elem(side->maps[MAP_OBJECTS], &entries[i].id, &state) ||
		    strncmp(state.name, entries[i].name, sizeof(state.name)) != 0)
			return false;
	}
	return true;
}

uint64_t ours_code(const struct kernel_side *side, size_t probe)
{
	struct object_id key = { OBJECT_PROGRAM, program_id(side->probes[probe].program) };
	struct object_state state;

	return key.id && !bpf_map_lookup_elem(side->maps[MAP_OBJECTS], &key, &state) ? state.code : 0;
}
