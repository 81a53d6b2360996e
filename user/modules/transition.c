// SPDX-License-Identifier: BSD-2-Clause
#include "transition.h"
#include "inventory.h"

#include <errno.h>
#include <string.h>

/* By the address; where that is not known by the name, and then of several the last to come. */
static struct module_entry *find(const struct table *table, const struct fact *fact)
{
	struct module_entry *entry = table_by_address(table, fact->address);

	if (entry || !fact->name[0])
		return entry;
	entry = table_by_name(table, fact->name);
	return entry && fact->address && entry->how == ENTRY_WATCHED ? NULL : entry; /* that is another load */
}

static void set_name(struct module_entry *entry, const char *name)
{
	memcpy(entry->name, name, sizeof(entry->name));
	entry->name[sizeof(entry->name) - 1] = '\0';
}

static bool is_repeated(const struct module_entry *entry, const struct fact *fact)
{
	if (fact->address ? entry->address != fact->address : entry->how != ENTRY_WATCHED)
		return false;
	return !strcmp(entry->name, fact->name) && (entry->state == ENTRY_COMING || fact->time <= entry->live);
}

static bool coming(struct table *table, const struct fact *fact, const char *sys_module, uint64_t now)
{
	struct module_entry *entry = find(table, fact);
	struct module_entry made = {
		.address = fact->address,
		.came = fact->time,
		.state = ENTRY_COMING,
		.how = fact->address ? ENTRY_WATCHED : ENTRY_LISTED,
	};

	if (!fact->name[0] || (entry && is_repeated(entry, fact)))
		return false;
	if (entry)
		table_drop(table, entry);
	entry = table_by_name(table, fact->name);
	if (entry && entry->how != ENTRY_WATCHED)
		table_drop(table, entry);
	set_name(&made, fact->name);
	inventory_instance(sys_module, fact->name, &made.instance);
	table_add(table, &made, now);
	return true;
}

/*
 * Its end may have been seen already, when another thread unloaded it before the load's call returned. Then it is
 * neither in the table nor in sysfs.
 */
static bool live_unseen(struct table *table, const struct fact *fact, const char *sys_module, uint64_t now)
{
	struct module_entry made = { .came = fact->time, .live = fact->time, .state = ENTRY_LIVE, .how = ENTRY_LISTED };

	if (!fact->name[0] || table_by_name(table, fact->name) ||
	    inventory_instance(sys_module, fact->name, &made.instance) == -ESRCH)
		return false;
	set_name(&made, fact->name);
	if (table->kept->torn) /* where there was no room, that was counted when it came */
		return table_put(table, &made, now);
	table_add(table, &made, now);
	return true;
}

static bool live(struct table *table, const struct fact *fact, const char *sys_module, uint64_t now)
{
	struct module_entry *entry = find(table, fact);
	bool news = entry && entry->state != ENTRY_LIVE;
	uint64_t instance = 0;

	if (!entry)
		return live_unseen(table, fact, sys_module, now);
	inventory_instance(sys_module, entry->name, &instance);
	if (!news && (!instance || instance == entry->instance))
		return false;
	if (news) {
		entry->live = fact->time;
		entry->changed = now;
	}
	table_settle(table, entry, instance);
	return news;
}

/* What is told late may be the end of the load before this one. */
static void gone(struct table *table, const struct fact *fact)
{
	struct module_entry *entry = find(table, fact);

	if (entry && entry->came <= fact->time)
		table_drop(table, entry);
}

bool transition_take(struct table *table, const struct fact *fact, const char *sys_module, uint64_t now)
{
	switch (fact->kind) {
	case FACT_OTHER:
		return false;
	case FACT_COMING:
		return coming(table, fact, sys_module, now);
	case FACT_LIVE:
		return live(table, fact, sys_module, now);
	case FACT_GONE:
		gone(table, fact);
		return false;
	}
	return false;
}
