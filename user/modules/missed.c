// SPDX-License-Identifier: BSD-2-Clause
#include "missed.h"
#include "../cleanup.h"
#include "../clock.h"
#include "inventory.h"

#include <errno.h>
#include <string.h>

/* LOADED: module_coming explains a module from before its init runs, so this is for what is read while it changes.
 * UNLOADED: nothing is shown before the call returns. It waits for an RCU grace period then, and a return that was
 * missed is made up for after RETURN_MS (monitor.c). */
enum {
	LOADED_MS = 1000,
	UNLOADED_MS = 5000,
};

/* What loaded_module.mark is among the suspects. */
enum suspicion { SUSPECT_LOADED, SUSPECT_UNLOADED, SUSPECT_RELOADED, SUSPECT_DROP, SUSPECT_TOLD };

struct judgement {
	struct missed *missed;
	struct table *table;
	const struct reading *reading;
	const struct module_set *touched;
	const struct lists *lists;
	struct module_set newest, suspects;
	bool torn; /* some in the list have no entry, and the next reading may have room for them */
	emit_fn emit;
	void *ctx;
	bool loads; /* there are loaded ones to tell of */
};

static void judgement_clear(struct judgement *judgement)
{
	module_set_clear(&judgement->newest);
	module_set_clear(&judgement->suspects);
}

/* ---- comparing */

static int add_suspect(struct judgement *judgement, const struct named_module *module, enum suspicion why)
{
	const struct named_module *before = module_set_find(&judgement->missed->suspects, module->name);
	struct named_module *now = module_set_get(&judgement->suspects, module->name);
	bool same = before && before->mark == (int)why && before->instance == module->instance;

	if (!now)
		return -ENOMEM;
	now->mark = why;
	now->instance = module->instance;
	now->time = same ? before->time : judgement->reading->at;
	return 0;
}

static struct module_entry listed(const struct named_module *module)
{
	struct module_entry made = { .instance = module->instance, .state = ENTRY_LIVE, .how = ENTRY_LISTED };

	memcpy(made.name, module->name, strlen(module->name) + 1);
	return made;
}

/* For it there was no room when it came, as far as is known: that was counted then, and is told. */
static void take_in(struct judgement *judgement, const struct named_module *module)
{
	struct module_entry made = listed(module);

	judgement->torn |= !table_put(judgement->table, &made, judgement->reading->at);
}

static int judge_read(void *ctx, struct named_module *module)
{
	struct judgement *judgement = ctx;
	const struct named_module *mine = module_set_find(&judgement->newest, module->name);
	struct module_entry *entry = mine ? table_at(judgement->table, mine->mark) : NULL;

	if (module->mark == MODULE_UNSETTLED || module_set_find(judgement->touched, module->name))
		return 0;
	if (!entry && judgement->table->kept->torn)
		take_in(judgement, module);
	else if (!entry)
		return add_suspect(judgement, module, SUSPECT_LOADED);
	else if (entry->state == ENTRY_COMING || (!entry->instance && module->instance))
		table_settle(judgement->table, entry, module->instance);
	else if (entry->instance && module->instance && module->instance != entry->instance)
		return add_suspect(judgement, module, SUSPECT_RELOADED);
	return 0;
}

/*
 * A file of /proc larger than a page is read in pieces, by line number: a module that goes meanwhile can hide another.
 * So sysfs is asked too. Without it only a whole list counts.
 */
static int judge_mine(void *ctx, struct named_module *module)
{
	struct judgement *judgement = ctx;
	const struct module_entry *entry = table_at(judgement->table, module->mark);
	bool whole = !judgement->reading->gaps[GAP_LINE], sysfs = !judgement->reading->gaps[GAP_SYSFS];
	uint64_t instance;
	int err;

	if (module_set_find(&judgement->reading->names, module->name) ||
	    module_set_find(judgement->touched, module->name))
		return 0;
	if (entry->how == ENTRY_WATCHED) /* a module_hidden, if it stays away */
		return 0;
	err = sysfs ? inventory_instance(lists_sys_module(judgement->lists), module->name, &instance) : -EIO;
	if (!err || (err != -ESRCH && !whole))
		return 0;
	return add_suspect(judgement, module, entry->state == ENTRY_COMING ? SUSPECT_DROP : SUSPECT_UNLOADED);
}

static int compare(struct judgement *judgement)
{
	int err = table_newest(judgement->table, &judgement->newest);

	if (!err)
		err = module_set_walk(&judgement->reading->names, judge_read, judgement);
	if (!err)
		err = module_set_walk(&judgement->newest, judge_mine, judgement);
	if (!err && !judgement->reading->gaps[GAP_LINE])
		judgement->table->kept->torn = judgement->torn;
	return err;
}

/* ---- telling */

static int emit_missed(const struct judgement *judgement, const struct module_part *module, const char *change)
{
	struct event event = { .kind = EVENT_MODULE_MISSED, .module = *module, .change = text_of(change) };

	return judgement->emit(judgement->ctx, &event);
}

static bool is_due(const struct judgement *judgement, const struct named_module *suspect)
{
	uint64_t wait = suspect->mark == SUSPECT_LOADED ? LOADED_MS : UNLOADED_MS;

	return judgement->reading->at - suspect->time >= ms(wait);
}

static void drop(struct judgement *judgement, const char *name)
{
	struct module_entry *entry = table_by_name(judgement->table, name);

	if (entry)
		table_drop(judgement->table, entry);
}

static int tell_unloaded(void *ctx, struct named_module *suspect)
{
	const struct module_part module = { .known = KNOWN, .name = text_of(suspect->name) };
	struct judgement *judgement = ctx;
	int err;

	if (suspect->mark == SUSPECT_DROP)
		drop(judgement, suspect->name);
	if (suspect->mark == SUSPECT_DROP || !is_due(judgement, suspect))
		return 0;
	judgement->loads |= suspect->mark != SUSPECT_UNLOADED;
	if (suspect->mark == SUSPECT_LOADED)
		return 0;
	err = emit_missed(judgement, &module, "unloaded");
	if (!err)
		drop(judgement, suspect->name);
	return err;
}

static int tell_one_loaded(struct judgement *judgement, struct named_module *suspect, const struct module_part *module)
{
	struct module_entry made = listed(suspect);
	int err;

	if (suspect->mark != SUSPECT_LOADED && suspect->mark != SUSPECT_RELOADED)
		return 0;
	if (!is_due(judgement, suspect))
		return 0;
	suspect->mark = SUSPECT_TOLD;
	err = emit_missed(judgement, module, "loaded");
	if (!err)
		table_add(judgement->table, &made, judgement->reading->at);
	return err;
}

static int tell_present(void *ctx, const struct module_part *module)
{
	char bytes[MODULE_NAME_MAX + 1];
	const char *name = reading_name(module, bytes);
	struct judgement *judgement = ctx;
	struct named_module *suspect = name ? module_set_find(&judgement->missed->suspects, name) : NULL;

	return suspect ? tell_one_loaded(judgement, suspect, module) : 0;
}

/* Gone since it was read. */
static int tell_absent(void *ctx, struct named_module *suspect)
{
	const struct module_part module = { .known = KNOWN, .name = text_of(suspect->name) };

	return tell_one_loaded(ctx, suspect, &module);
}

/* The modules as module_present shows them: so they are looked at again. */
static int tell_loaded(struct judgement *judgement)
{
	int err = reading_show(judgement->lists, judgement->table, tell_present, judgement);

	if (err && err != -EBADMSG)
		return err;
	return module_set_walk(&judgement->missed->suspects, tell_absent, judgement);
}

/* ---- the outside */

int missed_judge(struct missed *missed, struct table *table, const struct reading *reading,
		 const struct module_set *touched, const struct lists *lists, emit_fn emit, void *ctx)
{
	_cleanup_(judgement_clear) struct judgement judgement = {
		.missed = missed,
		.table = table,
		.reading = reading,
		.touched = touched,
		.lists = lists,
		.emit = emit,
		.ctx = ctx,
	};
	int err = compare(&judgement);

	module_set_clear(&missed->suspects);
	missed->suspects = judgement.suspects;
	judgement.suspects = (struct module_set) { 0 };
	if (!err)
		err = module_set_walk(&missed->suspects, tell_unloaded, &judgement);
	if (!err && judgement.loads)
		err = tell_loaded(&judgement);
	return err;
}

void missed_forget(struct missed *missed, const char *name)
{
	module_set_remove(&missed->suspects, name);
}

bool missed_waits(const struct missed *missed)
{
	return missed->suspects.count;
}

void missed_clear(struct missed *missed)
{
	module_set_clear(&missed->suspects);
}
