// SPDX-License-Identifier: BSD-2-Clause
#include "modules.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"
#include "hidden.h"
#include "missed.h"
#include "transition.h"

#include <errno.h>
#include <string.h>

enum { AGAIN_MS = 1000 };

struct modules {
	struct lists lists;
	struct state state;
	struct table table;
	struct reading reading;
	bool unwatched;		   /* since the earlier run's end: nothing of it was in the kernel any more */
	struct module_set touched; /* a fact was about these since the reading began */
	struct hidden hidden;
	struct missed missed;
	bool looked;	      /* there is a reading to be judged */
	uint64_t next;	      /* the moment of the next */
	uint64_t known[GAPS]; /* ns since boot: until then there was no such gap */
	bool told[GAPS];      /* there is one, and it is told */
	bool breaks_told;
};

static void look_by(struct modules *modules, uint64_t moment)
{
	if (modules->next > moment)
		modules->next = moment;
}

/* ---- facts */

int modules_note(struct modules *modules, const struct fact *fact, uint64_t now)
{
	const struct module_entry *entry;
	const char *name = fact->name;

	if (!modules || fact->kind == FACT_OTHER)
		return 0;
	entry = name[0] ? NULL : table_by_address(&modules->table, fact->address);
	if (entry)
		name = entry->name;
	if (name[0] && !module_set_get(&modules->touched, name))
		return -ENOMEM;
	if (transition_take(&modules->table, fact, lists_sys_module(&modules->lists), now))
		look_by(modules, now + ms(AGAIN_MS));
	return 0;
}

void modules_doubt(struct modules *modules)
{
	if (modules)
		table_doubt(&modules->table);
}

/* ---- what cannot be known */

static int tell_lost(const char *what, struct number count, uint64_t since, emit_fn emit, void *ctx)
{
	struct event event = {
		.kind = EVENT_EVENTS_LOST,
		.count = count,
		.what = text_of(what),
		.since = number_of(clock_wall(since)),
	};

	return emit(ctx, &event);
}

static int tell_gap(struct modules *modules, enum gap gap, emit_fn emit, void *ctx)
{
	const char *path = gap == GAP_SYSFS ? lists_sys_module(&modules->lists) : lists_proc_modules(&modules->lists);
	int err;

	log_line("not all of what is loaded is known from now on (%s: %s)", path, modules->reading.why[gap]);
	err = tell_lost("module list", NUMBER_UNKNOWN, modules->known[gap], emit, ctx);
	modules->told[gap] = !err;
	return err;
}

/* What happens unseen meanwhile cannot be compared with anything: each gap is told once, until it is over. */
static int tell_gaps(struct modules *modules, emit_fn emit, void *ctx)
{
	int err = 0;

	for (enum gap gap = 0; !err && gap < GAPS; gap++) {
		if (gap == GAP_LINE && modules->reading.gaps[GAP_LIST])
			continue;
		if (!modules->reading.gaps[gap]) {
			modules->known[gap] = modules->reading.at;
			modules->told[gap] = false;
		} else if (!modules->told[gap]) {
			err = tell_gap(modules, gap, emit, ctx);
		}
	}
	return err;
}

static int tell_no_room(struct modules *modules, emit_fn emit, void *ctx)
{
	struct kept_table *kept = modules->table.kept;
	uint64_t count = kept->no_room - kept->no_room_told;
	int err;

	if (!count)
		return 0;
	err = tell_lost("module table", number_of(count), kept->no_room_since, emit, ctx);
	if (!err)
		kept->no_room_told += count;
	return err;
}

static void tell_breaks(struct modules *modules)
{
	if (modules->reading.breaks && !modules->breaks_told)
		log_line("the name of a loaded module has a line break in it: what it adds to /proc/modules is not "
			 "taken for the line of another module");
	modules->breaks_told |= modules->reading.breaks;
}

/* ---- looking and judging */

static int forget_suspect(void *ctx, struct named_module *module)
{
	missed_forget(ctx, module->name);
	return 0;
}

static int look(struct modules *modules, uint64_t now)
{
	_cleanup_(module_set_clear) struct module_set newest = { 0 };
	int err;

	module_set_walk(&modules->touched, forget_suspect, &modules->missed);
	module_set_clear(&modules->touched);
	state_look(&modules->state);
	modules->next = clock_next_minute(now);
	err = reading_take(&modules->reading, &modules->lists, &modules->table, now);
	if (!err)
		err = table_newest(&modules->table, &newest);
	if (err)
		return err;
	hidden_look(&modules->hidden, &modules->table, &newest, &modules->reading, &modules->lists);
	modules->looked = true;
	tell_breaks(modules);
	return 0;
}

/* But for what facts were about: those say it better. */
static int adopt_one(void *ctx, struct named_module *module)
{
	struct modules *modules = ctx;
	struct module_entry made = { .instance = module->instance, .how = ENTRY_LISTED };

	if (table_by_name(&modules->table, module->name) || module_set_find(&modules->touched, module->name))
		return 0;
	made.state = module->mark == MODULE_SETTLED ? ENTRY_LIVE : ENTRY_COMING;
	memcpy(made.name, module->name, strlen(module->name) + 1);
	table_add(&modules->table, &made, modules->reading.at);
	return 0;
}

/* Takes what was read as it is: module_present has shown it. */
static void adopt(struct modules *modules)
{
	module_set_walk(&modules->reading.names, adopt_one, modules);
	modules->table.kept->adopted = 1;
	state_want(&modules->state);
}

static int judge_missed(struct modules *modules, emit_fn emit, void *ctx)
{
	if (modules->reading.gaps[GAP_LIST])
		return 0;
	if (modules->table.kept->adopted)
		return missed_judge(&modules->missed, &modules->table, &modules->reading, &modules->touched,
				    &modules->lists, emit, ctx);
	if (!modules->reading.gaps[GAP_LINE])
		adopt(modules);
	return 0;
}

static int judge(struct modules *modules, emit_fn emit, void *ctx)
{
	uint64_t at = modules->reading.at;
	int err = tell_gaps(modules, emit, ctx);

	modules->looked = false;
	if (!err)
		err = judge_missed(modules, emit, ctx);
	if (!err)
		err = hidden_judge(&modules->hidden, &modules->table, at, emit, ctx);
	if (!err)
		err = tell_no_room(modules, emit, ctx);
	modules->next = hidden_next(&modules->hidden, &modules->table, at, clock_next_minute(at));
	if (missed_waits(&modules->missed))
		look_by(modules, at + ms(AGAIN_MS));
	return err;
}

static int tend(struct modules *modules, uint64_t now)
{
	_cleanup_(module_set_clear) struct module_set set = { 0 };
	int err;

	if (!modules->table.kept->adopted || state_due_ms(&modules->state, now) != 0)
		return 0;
	err = table_list(&modules->table, &set);
	if (!err)
		state_tend(&modules->state, &set, now);
	return err;
}

int modules_check(struct modules *modules, uint64_t now, emit_fn emit, void *ctx)
{
	int err;

	if (!modules)
		return 0;
	err = tend(modules, now);
	if (err)
		return err;
	if (modules->looked)
		return judge(modules, emit, ctx);
	return now >= modules->next ? look(modules, now) : 0;
}

int modules_due_ms(const struct modules *modules, uint64_t now)
{
	int keep, look_in;

	if (!modules)
		return -1;
	if (modules->looked || now >= modules->next)
		return 0;
	keep = modules->table.kept->adopted ? state_due_ms(&modules->state, now) : -1;
	look_in = ms_until(modules->next, now);
	return keep >= 0 && keep < look_in ? keep : look_in;
}

/* ---- beginning and end */

static int restore_one(void *ctx, struct named_module *module)
{
	struct modules *modules = ctx;
	struct module_entry *entry = table_by_name(&modules->table, module->name);
	struct module_entry made = { .instance = module->instance, .how = ENTRY_KEPT };

	if (entry) {
		if (!entry->instance)
			entry->instance = module->instance;
		return 0;
	}
	made.state = module->mark == MODULE_SETTLED ? ENTRY_LIVE : ENTRY_COMING;
	memcpy(made.name, module->name, strlen(module->name) + 1);
	table_add(&modules->table, &made, modules->known[GAP_LIST]);
	return 0;
}

/* The list on disk, where the memory is a new one: else that is at least as new. Returns 0 or -ENOMEM. */
static int restore(struct modules *modules)
{
	_cleanup_(module_set_clear) struct module_set set = { 0 };
	int err = state_load(&modules->state, &set);

	if (!err && !modules->table.kept->adopted) {
		module_set_walk(&set, restore_one, modules);
		modules->table.kept->adopted = 1;
		modules->unwatched = true;
	}
	return err == -ENOMEM ? err : 0;
}

int modules_new(struct kept_table *kept, const struct modules_places *places, uint64_t now, struct modules **out)
{
	_cleanup_(modules_freep) struct modules *modules = calloc(1, sizeof(*modules));
	int err;

	if (!modules)
		return -ENOMEM;
	modules->lists = places->lists;
	err = state_init(&modules->state, places->state, places->boot_id);
	if (err)
		return err;
	table_open(&modules->table, kept, &modules->state);
	for (enum gap gap = 0; gap < GAPS; gap++)
		modules->known[gap] = now;
	err = restore(modules);
	if (err)
		return err;
	state_want(&modules->state);
	*out = TAKE_PTR(modules);
	return 0;
}

bool modules_unwatched(const struct modules *modules, struct number *since)
{
	if (!modules || !modules->unwatched)
		return false;
	*since = modules->state.ended ? number_of(clock_wall(modules->state.ended)) : NUMBER_UNKNOWN;
	return true;
}

static void close_state(struct modules *modules)
{
	_cleanup_(module_set_clear) struct module_set set = { 0 };

	bool known = modules->table.kept->adopted && !table_list(&modules->table, &set);

	modules->state.wanted &= known;
	state_close(&modules->state, &set, known ? clock_boot_ns() : 0);
}

void modules_freep(struct modules **modules)
{
	struct modules *one = *modules;

	if (!one)
		return;
	if (one->table.kept)
		close_state(one);
	reading_clear(&one->reading);
	missed_clear(&one->missed);
	module_set_clear(&one->touched);
	free(one);
	*modules = NULL;
}
