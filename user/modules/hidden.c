// SPDX-License-Identifier: BSD-2-Clause
#include "hidden.h"
#include "../clock.h"
#include "inventory.h"

#include <errno.h>
#include <string.h>

enum { SOON_MS = 1000, LATER_MS = 10000 };

enum { MISSING_PROC = 1, MISSING_SYS = 2 };

static size_t index_of(const struct table *table, const struct module_entry *entry)
{
	return entry - table->kept->entries;
}

/* What is mounted over its folder hides the folder and not the module. */
static bool is_in_sysfs(const char *folder, const char *name)
{
	uint64_t instance;

	return inventory_has(folder, name) || inventory_instance(folder, name, &instance) == -EXDEV;
}

/* Of a name that several have, the last to come is the one that can be in the lists. */
static unsigned int missing_from(const struct table *table, const struct module_entry *entry,
				 const struct module_set *newest, const struct reading *reading,
				 const struct lists *lists)
{
	const struct named_module *last = module_set_find(newest, entry->name);

	if (!last || table_at(table, last->mark) != entry)
		return MISSING_PROC | MISSING_SYS;
	return (module_set_find(&reading->names, entry->name) ? 0 : MISSING_PROC) |
	       (is_in_sysfs(lists_sys_module(lists), entry->name) ? 0 : MISSING_SYS);
}

void hidden_look(struct hidden *hidden, const struct table *table, const struct module_set *newest,
		 const struct reading *reading, const struct lists *lists)
{
	unsigned int known =
	    (reading->gaps[GAP_LIST] ? 0 : MISSING_PROC) | (reading->gaps[GAP_SYSFS] ? 0 : MISSING_SYS);

	for (size_t i = 0; i < TABLE_MAX; i++)
		hidden->sights[i].looked = false;
	for (const struct module_entry *entry = NULL; (entry = table_next(table, entry));) {
		struct sight *sight = &hidden->sights[index_of(table, entry)];

		if (sight->address != entry->address || sight->came != entry->came)
			*sight = (struct sight) { .address = entry->address, .came = entry->came };
		sight->looked = entry->how == ENTRY_WATCHED;
		if (sight->looked)
			sight->now = (missing_from(table, entry, newest, reading, lists) & known) |
				     ((sight->then | entry->told) & ~known);
	}
}

static int tell(const struct module_entry *entry, unsigned int missing, emit_fn emit, void *ctx)
{
	struct text places[2];
	struct event event = {
		.kind = EVENT_MODULE_HIDDEN,
		.module = { .known = KNOWN, .name = text_of(entry->name) },
		.missing_from = { .known = KNOWN, .items = places },
	};

	if (missing & MISSING_PROC)
		places[event.missing_from.count++] = text_of("/proc/modules");
	if (missing & MISSING_SYS)
		places[event.missing_from.count++] = text_of("/sys/module");
	return emit(ctx, &event);
}

/* What is missing must have been so a second before. It is told once, and again only when something else is missing. */
static int judge_one(struct module_entry *entry, struct sight *sight, uint64_t at, emit_fn emit, void *ctx)
{
	unsigned int sure = sight->now & sight->then;
	int err = 0;

	if (!sight->then || !sight->now)
		sight->since = at;
	if (at - sight->since >= ms(SOON_MS)) {
		if (sure && sure != entry->told)
			err = tell(entry, sure, emit, ctx);
		if (!err)
			entry->told = sure;
	}
	sight->then = sight->now;
	if (!sight->now)
		entry->told = 0;
	return err;
}

int hidden_judge(struct hidden *hidden, struct table *table, uint64_t at, emit_fn emit, void *ctx)
{
	int err = 0;

	for (struct module_entry *entry = NULL; !err && (entry = table_next(table, entry));) {
		struct sight *sight = &hidden->sights[index_of(table, entry)];

		if (sight->looked && entry->how == ENTRY_WATCHED && sight->address == entry->address &&
		    sight->came == entry->came)
			err = judge_one(entry, sight, at, emit, ctx);
	}
	return err;
}

uint64_t hidden_next(const struct hidden *hidden, const struct table *table, uint64_t now, uint64_t before)
{
	for (const struct module_entry *entry = NULL; (entry = table_next(table, entry));) {
		const struct sight *sight = &hidden->sights[index_of(table, entry)];
		uint64_t soon = entry->changed + ms(SOON_MS), later = entry->changed + ms(LATER_MS);

		if (entry->how != ENTRY_WATCHED)
			continue;
		if (sight->looked && sight->then && sight->then != entry->told)
			soon = now + ms(SOON_MS);
		if (soon > now && soon < before)
			before = soon;
		if (later > now && later < before)
			before = later;
	}
	return before;
}
