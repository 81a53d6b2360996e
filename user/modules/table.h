/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of modules: what is loaded, as far as is known, and how that is known. It lies in the memory that outlives
 * the monitor; the same without the addresses is on disk (state.h). Facts change it (transition.h), and what the
 * kernel's lists show is compared with it (hidden.h, missed.h).
 */
#ifndef KMODWATCH_TABLE_H
#define KMODWATCH_TABLE_H

#include "../../bpf/records.h"
#include "state.h"

enum { TABLE_MAX = 4096 };

enum entry_state {
	ENTRY_NONE = 0,
	ENTRY_COMING, /* its init has not returned, and may never do, or its result was not seen: it may go either way
		       */
	ENTRY_LIVE,
};

/* What is missing was hidden in the first case, and was missed in all others. */
enum entry_how {
	ENTRY_WATCHED, /* its coming was seen, and its end would have been: it is loaded, whatever the lists say */
	ENTRY_DOUBTED, /* its coming was seen, but ends may have been lost since */
	ENTRY_LISTED,  /* the kernel's list has shown it */
	ENTRY_KEPT,    /* the list on disk has it */
};

/* Two of one name are possible: one that has left the kernel's list, and another of its name. */
struct module_entry {
	uint64_t address;  /* of struct module, which names this load of it; 0: not known */
	uint64_t came;	   /* ns since boot; 0: before anybody watched */
	uint64_t live;	   /* ns since boot: when its init had succeeded; 0: not known */
	uint64_t changed;  /* ns since boot: when its state was learned */
	uint64_t instance; /* see inventory_instance(); 0: not known */
	uint32_t state;	   /* enum entry_state; stored last */
	uint32_t how;	   /* enum entry_how */
	uint32_t told;	   /* from where it is said to be missing */
	uint32_t pad;
	char name[MODULE_NAME_SIZE];
};

struct kept_table {
	uint32_t adopted; /* it held all that was loaded at some time: without that nothing can be missed */
	uint32_t torn;	  /* for some there was no room, and not all of these have been taken in since */
	uint64_t no_room; /* modules for which there was none */
	uint64_t no_room_told;
	uint64_t no_room_since; /* ns since boot: the first of those that were not told */
	struct module_entry entries[TABLE_MAX];
};

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
int table_newest(const struct table *table, struct loaded *set);
struct module_entry *table_at(const struct table *table, int mark);
/* The same as the list on disk has it: mark is MODULE_SETTLED or not. */
int table_list(const struct table *table, struct loaded *set);

#endif
