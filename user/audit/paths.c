// SPDX-License-Identifier: BSD-2-Clause
#include "paths.h"
#include "../array.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct text_entry {
	const char *text;
	uint32_t number;
	bool looked_up;
	const struct file_name *found;
	uint32_t exe; /* 0: not asked for */
};

struct exe_entry {
	struct file_inode id;
	bool has_id;
	const char *text;
};

struct path_cache {
	struct arena arena;
	void *texts; /* tree of text_entry */
	uint32_t text_count;
	size_t exe_count, exe_room;
	struct exe_entry *exes; /* number less one */
};

static int compare_texts(const void *a, const void *b)
{
	return strcmp(((const struct text_entry *)a)->text, ((const struct text_entry *)b)->text);
}

int path_cache_new(struct path_cache **cache)
{
	struct path_cache *made = calloc(1, sizeof(*made));

	if (!made)
		return -ENOMEM;
	*cache = made;
	return 0;
}

static void keep_entry(void *entry)
{
	(void)entry; /* the arena's */
}

void path_cache_freep(struct path_cache **cache)
{
	if (!*cache)
		return;
	tdestroy((*cache)->texts, keep_entry);
	free((*cache)->exes);
	arena_free(&(*cache)->arena);
	free(*cache);
	*cache = NULL;
}

static struct text_entry *entry_of(struct path_cache *cache, const char *text)
{
	struct text_entry wanted = { .text = text };
	struct text_entry **found = tfind(&wanted, &cache->texts, compare_texts);
	struct text_entry *entry;

	if (found)
		return *found;
	entry = arena_alloc(&cache->arena, sizeof(*entry));
	if (!entry)
		return NULL;
	entry->text = arena_text(&cache->arena, text, strlen(text));
	entry->number = ++cache->text_count;
	if (!entry->text || !tsearch(entry, &cache->texts, compare_texts))
		return NULL;
	return entry;
}

uint32_t paths_number(struct path_cache *cache, const char *text)
{
	struct text_entry *entry = entry_of(cache, text);

	return entry ? entry->number : 0;
}

const struct file_name *path_cache_find(struct path_cache *cache, const char *path)
{
	struct text_entry *entry = entry_of(cache, path);
	struct file_name *name;

	if (!entry)
		return NULL;
	if (!entry->looked_up) {
		entry->looked_up = true;
		name = arena_alloc(&cache->arena, sizeof(*name));
		if (name && file_find(path, false, &cache->arena, name) == 0)
			entry->found = name;
	}
	return entry->found;
}

static uint32_t add_exe(struct path_cache *cache, const struct exe_entry *exe)
{
	if (array_reserve(cache->exes, cache->exe_room, cache->exe_count + 1))
		return UINT32_MAX;
	cache->exes[cache->exe_count++] = *exe;
	return (uint32_t)cache->exe_count;
}

static uint32_t exe_by_id(struct path_cache *cache, const struct file_inode *id, const char *text)
{
	for (size_t i = 0; i < cache->exe_count; i++) {
		struct exe_entry *exe = &cache->exes[i];

		if (!exe->has_id || exe->id.dev != id->dev || exe->id.ino != id->ino)
			continue;
		if (!exe->text)
			exe->text = text;
		return (uint32_t)i + 1;
	}
	return add_exe(cache, &(struct exe_entry) { .id = *id, .has_id = true, .text = text });
}

uint32_t paths_exe(struct path_cache *cache, const char *text)
{
	const struct file_name *found = path_cache_find(cache, text);
	struct text_entry *entry = entry_of(cache, text);

	if (!entry)
		return UINT32_MAX;
	if (!entry->exe)
		entry->exe = found && found->exists ? exe_by_id(cache, &found->id, entry->text)
						    : add_exe(cache, &(struct exe_entry) { .text = entry->text });
	return entry->exe;
}

uint32_t paths_exe_of(struct path_cache *cache, const struct file_inode *id)
{
	return exe_by_id(cache, id, NULL);
}

const char *paths_exe_text(const struct path_cache *cache, uint32_t number)
{
	return number && number <= cache->exe_count ? cache->exes[number - 1].text : NULL;
}
