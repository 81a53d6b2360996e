// SPDX-License-Identifier: BSD-2-Clause
/* A module between module_coming and its result may turn out either way, and is MODULE_UNSETTLED. */
#include "expected.h"
#include "inventory.h"

#include <errno.h>
#include <string.h>

/* The name as a string, NULL where it is none that a module can have. */
const char *expected_name(const struct module_part *module, char name[static MODULE_NAME_MAX + 1])
{
	const struct text *text = &module->name;

	if (text->known != KNOWN || text->truncated || !text->size || text->size > MODULE_NAME_MAX ||
	    memchr(text->bytes, '\0', text->size))
		return NULL;
	memcpy(name, text->bytes, text->size);
	name[text->size] = '\0';
	return name;
}

int expected_put(struct expected *expected, const char *name, uint64_t instance, int mark, uint64_t time)
{
	struct loaded_module *module = loaded_get(&expected->set, name);

	if (!module)
		return -ENOMEM;
	if (instance)
		module->instance = instance;
	module->mark = mark;
	module->time = time;
	state_note(&expected->state, module);
	return 0;
}

void expected_take_out(struct expected *expected, const char *name)
{
	if (!loaded_find(&expected->set, name))
		return;
	state_note_gone(&expected->state, name);
	loaded_remove(&expected->set, name);
}

static int adopt_one(void *ctx, struct loaded_module *module)
{
	struct expected *expected = ctx;
	struct loaded_module *mine;

	if (loaded_find(&expected->touched, module->name))
		return 0;
	mine = loaded_get(&expected->set, module->name);
	if (!mine)
		return -ENOMEM;
	mine->instance = module->instance;
	mine->mark = module->mark;
	return 0;
}

int expected_adopt(struct expected *expected, const struct loaded *read)
{
	int err = loaded_walk(read, adopt_one, expected);

	if (err)
		return err;
	expected->adopted = true;
	state_want(&expected->state);
	return 0;
}

static int note_coming(struct expected *expected, const char *name, uint64_t time)
{
	uint64_t instance = 0;

	inventory_instance(expected->sys_module, name, &instance);
	return expected_put(expected, name, instance, MODULE_UNSETTLED, time);
}

/*
 * Its unload may have been shown already, when another thread did that before the load's call returned. Then there was
 * a module_coming and it is neither in the set nor in sysfs.
 */
static int note_loaded(struct expected *expected, const char *name, uint64_t time)
{
	uint64_t instance = 0;
	int err = inventory_instance(expected->sys_module, name, &instance);

	if (err == -ESRCH && !loaded_find(&expected->set, name))
		return 0;
	return expected_put(expected, name, instance, MODULE_SETTLED, time);
}

/* One whose return was missed is shown late, and maybe after the next load of the same module. */
static void note_gone(struct expected *expected, const char *name, uint64_t time)
{
	const struct loaded_module *module = loaded_find(&expected->set, name);

	if (module && module->time <= time)
		expected_take_out(expected, name);
}

int expected_note(struct expected *expected, const struct fact *fact)
{
	if (fact->kind == FACT_OTHER || !fact->name[0])
		return 0;
	if (!loaded_get(&expected->touched, fact->name))
		return -ENOMEM;
	if (fact->kind == FACT_COMING)
		return note_coming(expected, fact->name, fact->time);
	if (fact->kind == FACT_LIVE)
		return note_loaded(expected, fact->name, fact->time);
	note_gone(expected, fact->name, fact->time);
	return 0;
}
