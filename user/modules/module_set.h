/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of modules by name. */
#ifndef KMODWATCH_MODULE_SET_H
#define KMODWATCH_MODULE_SET_H

#include "../../bpf/records.h"

#include <stddef.h>
#include <stdint.h>

/* What a module's name can be at most: MODULE_NAME_LEN of the kernel, which counts the NUL. */
enum { MODULE_NAME_MAX = MODULE_NAME_SIZE - 1 };

struct named_module {
	const char *name;
	uint64_t instance; /* see inventory_instance(); 0: unknown */
	uint64_t time;	   /* ns; whose, says the owner of the set; as mark */
	int mark;
};

/* Starts zeroed; module_set_clear() frees it. */
struct module_set {
	void *tree; /* tsearch() tree of struct named_module */
	size_t count;
};

/* The set's own; NULL: there is none. */
struct named_module *module_set_find(const struct module_set *set, const char *name);
/* The one of that name, made (zeroed but for the name) where there is none; NULL: no memory. */
struct named_module *module_set_get(struct module_set *set, const char *name);
void module_set_remove(struct module_set *set, const char *name);
void module_set_clear(struct module_set *set);

/* Takes a module of a walk, which must not add or remove any. Returns 0, or a negative errno that ends the walk. */
typedef int (*module_set_fn)(void *ctx, struct named_module *module);

/* Calls take for each, sorted by name. Returns 0 or take's error. */
int module_set_walk(const struct module_set *set, module_set_fn take, void *ctx);

#endif
