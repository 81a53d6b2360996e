// SPDX-License-Identifier: BSD-2-Clause
#include "module_set.h"
#include "../tree.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_name(const void *a, const void *b)
{
	const struct named_module *left = a, *right = b;

	return strcmp(left->name, right->name);
}

struct named_module *module_set_find(const struct module_set *set, const char *name)
{
	const struct named_module key = { .name = name };
	void *node = tfind(&key, &set->tree, compare_name);

	return node ? *(struct named_module **)node : NULL;
}

struct named_module *module_set_get(struct module_set *set, const char *name)
{
	struct named_module *module = module_set_find(set, name);
	size_t size = strlen(name) + 1;

	if (module)
		return module;
	module = malloc(sizeof(*module) + size);
	if (!module)
		return NULL;
	*module = (struct named_module) { .name = memcpy(module + 1, name, size) };
	if (!tsearch(module, &set->tree, compare_name)) {
		free(module);
		return NULL;
	}
	set->count++;
	return module;
}

void module_set_remove(struct module_set *set, const char *name)
{
	struct named_module *module = module_set_find(set, name);

	if (!module)
		return;
	tdelete(module, &set->tree, compare_name);
	free(module);
	set->count--;
}

void module_set_clear(struct module_set *set)
{
	tdestroy(set->tree, free);
	*set = (struct module_set) { 0 };
}

struct walk {
	module_set_fn take;
	void *ctx;
	int err;
};

static void visit(void *closure, void *module)
{
	struct walk *walk = closure;

	if (!walk->err)
		walk->err = walk->take(walk->ctx, module);
}

int module_set_walk(const struct module_set *set, module_set_fn take, void *ctx)
{
	struct walk walk = { .take = take, .ctx = ctx };

	tree_walk(set->tree, visit, &walk);
	return walk.err;
}
