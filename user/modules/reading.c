// SPDX-License-Identifier: BSD-2-Clause
#include "reading.h"
#include "../cleanup.h"
#include "covered.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <unistd.h>

/* The list comes in pages, by line number, so a module that goes meanwhile can hide another: it is read more than once.
 */
enum { READINGS = 2 };

const char *lists_proc_modules(const struct lists *lists)
{
	return lists->proc_modules ? lists->proc_modules : "/proc/modules";
}

const char *lists_sys_module(const struct lists *lists)
{
	return lists->sys_module ? lists->sys_module : "/sys/module";
}

const char *reading_name(const struct module_part *module, char name[static MODULE_NAME_MAX + 1])
{
	const struct text *text = &module->name;

	if (text->known != KNOWN || text->truncated || !text->size || text->size > MODULE_NAME_MAX ||
	    memchr(text->bytes, '\0', text->size))
		return NULL;
	memcpy(name, text->bytes, text->size);
	name[text->size] = '\0';
	return name;
}

/* The names that can be taken for other modules' lines: those that the kernel told, and those that sysfs shows. */
static int find_breaks(const struct lists *lists, const struct table *table, struct module_set *breaks)
{
	int err = inventory_breaks(lists_sys_module(lists), breaks);

	for (const struct module_entry *entry = NULL; !err && (entry = table_next(table, entry));)
		if (strchr(entry->name, '\n') && !module_set_get(breaks, entry->name))
			err = -ENOMEM;
	return err;
}

static void fail(struct reading *reading, enum gap gap, const char *why)
{
	reading->gaps[gap] = true;
	snprintf(reading->why[gap], sizeof(reading->why[gap]), "%s", why);
}

static int read_text(const struct lists *lists, char **text)
{
	_cleanup_(fclosep) FILE *f = fopen(lists_proc_modules(lists), "re");

	return f ? inventory_read(f, text) : -errno;
}

static int take_read(void *ctx, const struct module_part *part)
{
	char bytes[MODULE_NAME_MAX + 1];
	const char *name = reading_name(part, bytes);
	struct reading *reading = ctx;
	struct named_module *module = name ? module_set_get(&reading->names, name) : NULL;
	bool live = part->state.known == KNOWN && !strcmp(part->state.bytes, "live");

	if (!name)
		return 0;
	if (!module)
		return -ENOMEM;
	module->mark = live ? MODULE_SETTLED : MODULE_UNSETTLED;
	return 0;
}

/* Returns 0 or -ENOMEM. */
static int read_list(struct reading *reading, const struct lists *lists, const struct module_set *breaks)
{
	const char *why = lists->proc_modules ? NULL : covered("/proc", "modules", PROC_SUPER_MAGIC);

	if (why)
		fail(reading, GAP_LIST, why);
	for (int i = 0; i < READINGS && !reading->gaps[GAP_LIST]; i++) {
		_cleanup_(freep) char *text = NULL;
		int err = read_text(lists, &text);

		if (err == -ENOMEM)
			return err;
		if (err) {
			fail(reading, GAP_LIST,
			     err == -EBADMSG ? "it holds what no list of modules can" : strerror(-err));
			break;
		}
		err = inventory_walk(text, NULL, breaks, take_read, reading);
		if (err == -EBADMSG)
			fail(reading, GAP_LINE, "a line of it is not understood");
		else if (err)
			return err;
	}
	return 0;
}

struct taking {
	struct reading *reading;
	const char *folder;
};

static int take_instance(void *ctx, struct named_module *module)
{
	struct taking *taking = ctx;

	int err = inventory_instance(taking->folder, module->name, &module->instance);

	if (err)
		module->instance = 0;
	if (err == -EXDEV)
		fail(taking->reading, GAP_SYSFS, "something else is mounted over the folder of a module in it");
	return 0;
}

int reading_take(struct reading *reading, const struct lists *lists, const struct table *table, uint64_t at)
{
	_cleanup_(module_set_clear) struct module_set breaks = { 0 };
	const char *why = lists->sys_module ? NULL : covered("/sys", "module", SYSFS_MAGIC);
	struct taking taking = { reading, lists_sys_module(lists) };
	int err;

	reading_clear(reading);
	reading->at = at;
	if (!why && access(lists_sys_module(lists), F_OK))
		why = strerror(errno);
	if (why)
		fail(reading, GAP_SYSFS, why);
	err = find_breaks(lists, table, &breaks);
	reading->breaks = breaks.count;
	if (!err)
		err = read_list(reading, lists, &breaks);
	if (!err && !reading->gaps[GAP_SYSFS])
		err = module_set_walk(&reading->names, take_instance, &taking);
	return err;
}

void reading_clear(struct reading *reading)
{
	module_set_clear(&reading->names);
	*reading = (struct reading) { 0 };
}

int reading_show(const struct lists *lists, const struct table *table, module_fn take, void *ctx)
{
	_cleanup_(module_set_clear) struct module_set breaks = { 0 };
	_cleanup_(freep) char *text = NULL;
	int err = find_breaks(lists, table, &breaks);

	if (!err && read_text(lists, &text))
		return 0; /* what is due is told by its name alone */
	return err ? err : inventory_walk(text, lists_sys_module(lists), &breaks, take, ctx);
}
