/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of modules by name. */
#ifndef KMODWATCH_LOADED_H
#define KMODWATCH_LOADED_H

#include "../../bpf/records.h"

#include <stddef.h>
#include <stdint.h>

/* What a module's name can be at most: MODULE_NAME_LEN of the kernel, which counts the NUL. */
enum { MODULE_NAME_MAX = MODULE_NAME_SIZE - 1 };

struct loaded_module {
	const char *name;
	uint64_t instance; /* see inventory_instance(); 0: unknown */
	uint64_t time;	   /* ns; whose, says the owner of the set; as mark */
	int mark;
};

/* Starts zeroed; loaded_clear() frees it. */
struct loaded {
	void *tree; /* tsearch() tree of struct loaded_module */
	size_t count;
};

/* The set's own; NULL: there is none. */
struct loaded_module *loaded_find(const struct loaded *set, const char *name);
/* The one of that name, made (zeroed but for the name) where there is none; NULL: no memory. */
struct loaded_module *loaded_get(struct loaded *set, const char *name);
void loaded_remove(struct loaded *set, const char *name);
void loaded_clear(struct loaded *set);

/* Takes a module of a walk, which must not add or remove any. Returns 0, or a negative errno that ends the walk. */
typedef int (*loaded_fn)(void *ctx, struct loaded_module *module);

/* Calls take for each, sorted by name. Returns 0 or take's error. */
int loaded_walk(const struct loaded *set, loaded_fn take, void *ctx);

#endif
