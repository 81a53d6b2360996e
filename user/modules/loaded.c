// SPDX-License-Identifier: BSD-2-Clause
#include "loaded.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_name(const void *a, const void *b)
{
	const struct loaded_module *left = a, *right = b;

	return strcmp(left->name, right->name);
}

struct loaded_module *loaded_find(const struct loaded *set, const char *name)
{
	const struct loaded_module key = { .name = name };
	void *node = tfind(&key, &set->tree, compare_name);

	return node ? *(struct loaded_module **)node : NULL;
}

struct loaded_module *loaded_get(struct loaded *set, const char *name)
{
	struct loaded_module *module = loaded_find(set, name);
	size_t size = strlen(name) + 1;

	if (module)
		return module;
	module = malloc(sizeof(*module) + size);
	if (!module)
		return NULL;
	*module = (struct loaded_module) { .name = memcpy(module + 1, name, size) };
	if (!tsearch(module, &set->tree, compare_name)) {
		free(module);
		return NULL;
	}
	set->count++;
	return module;
}

void loaded_remove(struct loaded *set, const char *name)
{
	struct loaded_module *module = loaded_find(set, name);

	if (!module)
		return;
	tdelete(module, &set->tree, compare_name);
	free(module);
	set->count--;
}

void loaded_clear(struct loaded *set)
{
	tdestroy(set->tree, free);
	*set = (struct loaded) { 0 };
}

struct walk {
	loaded_fn take;
	void *ctx;
	int err;
};

static void visit(const void *node, VISIT order, void *closure)
{
	struct walk *walk = closure;

	if ((order == postorder || order == leaf) && !walk->err)
		walk->err = walk->take(walk->ctx, *(struct loaded_module *const *)node);
}

int loaded_walk(const struct loaded *set, loaded_fn take, void *ctx)
{
	struct walk walk = { .take = take, .ctx = ctx };

	twalk_r(set->tree, visit, &walk);
	return walk.err;
}
