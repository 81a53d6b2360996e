/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of modules: what is loaded, as far as is known, and how that is known. It lies in the memory that outlives
 * the monitor; the same without the addresses is on disk (state.h). Facts change it (transition.h), and what the
 * kernel's lists show is compared with it (hidden.h, missed.h).
 */
#ifndef KMODWATCH_TABLE_H
#define KMODWATCH_TABLE_H

#include "../handover.h"
#include "state.h"

struct table {
	struct kept_table *kept; /* not owned */
	struct state *state;	 /* the list on disk, not owned */
	size_t top;		 /* no entry stands behind it */
};

void table_open(struct table *table, struct kept_table *kept, struct state *state);

/* NULL: there is none. Of a name that several have, the last to come. */
struct module_entry *table_by_address(const struct table *table, uint64_t address);
struct module_entry *table_by_name(const struct table *table, const char *name);

/* Each in its turn: the one behind entry (NULL: the first), NULL at the end. */
struct module_entry *table_next(const struct table *table, const struct module_entry *entry);

/* Adds a copy. now: ns since boot. Returns it, or NULL where there is no room. */
struct module_entry *table_put(struct table *table, const struct module_entry *values, uint64_t now);
/* The same, and where there is no room that is counted. */
void table_add(struct table *table, const struct module_entry *values, uint64_t now);
/* It is live; instance 0 leaves that as it is. */
void table_settle(struct table *table, struct module_entry *entry, uint64_t instance);
void table_drop(struct table *table, struct module_entry *entry);
/* Records of modules' ends may have been lost: of none can it be said any more that it was not freed. */
void table_doubt(struct table *table);

/* The last to come of each name, added to set: mark is table_at()'s. Returns 0 or -ENOMEM. */
int table_newest(const struct table *table, struct module_set *set);
struct module_entry *table_at(const struct table *table, int mark);
/* The same as the list on disk has it: mark is MODULE_SETTLED or not. */
int table_list(const struct table *table, struct module_set *set);

#endif
