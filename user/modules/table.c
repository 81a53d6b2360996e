// SPDX-License-Identifier: BSD-2-Clause
#include "table.h"

#include <errno.h>
#include <string.h>

void table_open(struct table *table, struct kept_table *kept, struct state *state)
{
	*table = (struct table) { .kept = kept, .state = state };
	for (size_t i = 0; i < TABLE_MAX; i++) {
		struct module_entry *entry = &kept->entries[i];

		entry->name[sizeof(entry->name) - 1] = '\0'; /* whoever wrote to the map */
		if (entry->state != ENTRY_NONE)
			table->top = i + 1;
	}
}

struct module_entry *table_next(const struct table *table, const struct module_entry *entry)
{
	for (size_t i = entry ? entry - table->kept->entries + 1 : 0; i < table->top; i++)
		if (table->kept->entries[i].state != ENTRY_NONE)
			return &table->kept->entries[i];
	return NULL;
}

struct module_entry *table_by_address(const struct table *table, uint64_t address)
{
	struct module_entry *entry = NULL;

	while (address && (entry = table_next(table, entry)) && entry->address != address)
		;
	return entry;
}

struct module_entry *table_by_name(const struct table *table, const char *name)
{
	struct module_entry *newest = NULL;

	for (struct module_entry *entry = NULL; (entry = table_next(table, entry));)
		if (!strcmp(entry->name, name) && (!newest || entry->came >= newest->came))
			newest = entry;
	return newest;
}

static struct module_entry *find_room(struct table *table)
{
	for (size_t i = 0; i < TABLE_MAX; i++)
		if (table->kept->entries[i].state == ENTRY_NONE) {
			if (table->top <= i)
				table->top = i + 1;
			return &table->kept->entries[i];
		}
	return NULL;
}

static void keep(struct table *table, const struct module_entry *entry)
{
	const struct named_module module = {
		.name = entry->name,
		.instance = entry->instance,
		.mark = entry->state == ENTRY_LIVE ? MODULE_SETTLED : MODULE_UNSETTLED,
	};

	state_note(table->state, &module);
}

struct module_entry *table_put(struct table *table, const struct module_entry *values, uint64_t now)
{
	struct module_entry *entry = find_room(table);

	if (!entry)
		return NULL;
	*entry = *values;
	entry->state = ENTRY_NONE;
	entry->changed = now;
	__atomic_store_n(&entry->state, values->state, __ATOMIC_RELEASE);
	keep(table, entry);
	return entry;
}

void table_add(struct table *table, const struct module_entry *values, uint64_t now)
{
	struct kept_table *kept = table->kept;

	if (table_put(table, values, now))
		return;
	if (kept->no_room == kept->no_room_told)
		kept->no_room_since = now;
	kept->torn = 1;
	kept->no_room++;
}

void table_settle(struct table *table, struct module_entry *entry, uint64_t instance)
{
	if (instance)
		entry->instance = instance;
	__atomic_store_n(&entry->state, ENTRY_LIVE, __ATOMIC_RELEASE);
	keep(table, entry);
}

void table_drop(struct table *table, struct module_entry *entry)
{
	const struct module_entry *other;

	__atomic_store_n(&entry->state, ENTRY_NONE, __ATOMIC_RELEASE);
	state_note_gone(table->state, entry->name);
	other = table_by_name(table, entry->name);
	if (other) /* on disk there is one of a name */
		keep(table, other);
}

/* Of one name the last to come is all that a list can tell of. */
void table_doubt(struct table *table)
{
	bool any = false;

	for (struct module_entry *entry = NULL; (entry = table_next(table, entry));)
		if (entry->how == ENTRY_WATCHED) {
			entry->how = ENTRY_DOUBTED;
			any = true;
		}
	for (struct module_entry *entry = NULL; any && (entry = table_next(table, entry));)
		if (table_by_name(table, entry->name) != entry)
			table_drop(table, entry);
}

int table_newest(const struct table *table, struct module_set *set)
{
	for (struct module_entry *entry = NULL; (entry = table_next(table, entry));) {
		struct named_module *module = module_set_find(set, entry->name);

		if (module && module->time > entry->came)
			continue;
		if (!module)
			module = module_set_get(set, entry->name);
		if (!module)
			return -ENOMEM;
		module->time = entry->came;
		module->instance = entry->instance;
		module->mark = (int)(entry - table->kept->entries);
	}
	return 0;
}

struct module_entry *table_at(const struct table *table, int mark)
{
	return &table->kept->entries[mark];
}

static int mark_state(void *ctx, struct named_module *module)
{
	module->mark = table_at(ctx, module->mark)->state == ENTRY_LIVE ? MODULE_SETTLED : MODULE_UNSETTLED;
	return 0;
}

int table_list(const struct table *table, struct module_set *set)
{
	int err = table_newest(table, set);

	return err ? err : module_set_walk(set, mark_state, (void *)table);
}
