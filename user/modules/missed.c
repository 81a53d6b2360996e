// SPDX-License-Identifier: BSD-2-Clause
/*
 * How a false alarm is avoided: what is read is judged only after the ring was drained; a module of which an event came
 * meanwhile is not judged at all; and what differs must go on to do so, without such an event, for as long as the
 * return of a call may be under way. A module between module_coming and its result may go either way.
 */
#include "missed.h"
#include "../cleanup.h"
#include "../log.h"
#include "../clock.h"
#include "expected.h"
#include "inventory.h"

#include <errno.h>
#include <string.h>

/* LOADED: module_coming explains a module from before its init runs, so this is for what is read while it changes.
 * UNLOADED: nothing is shown before the call returns. It waits for an RCU grace period then, and a return that was
 * missed is made up for after RETURN_MS (monitor.c). */
enum {
	AGAIN_MS = 1000,
	LOADED_MS = 1000,
	UNLOADED_MS = 5000,
};

/* What loaded_module.mark is among the suspects, whose time is when they were first seen so. */
enum suspicion { SUSPECT_LOADED, SUSPECT_UNLOADED, SUSPECT_RELOADED, SUSPECT_DROP, SUSPECT_TOLD };

struct missed {
	struct expected expected;
	const char *proc_modules;
	const struct hidden *hidden;
	struct loaded read;	/* the reading; mark: MODULE_UNSETTLED for what comes or goes */
	struct loaded suspects; /* of the last judgement */
	bool reading;		/* there is one to be judged */
	bool whole;		/* with all there was */
	uint64_t read_at;	/* from this moment */
	uint64_t next;		/* the moment of the next */
};

static uint64_t ms(uint64_t value)
{
	return value * 1000000;
}

/* ---- reading */

static bool is_live(const struct module_part *part)
{
	return part->state.known == KNOWN && !strcmp(part->state.bytes, "live");
}

static int take_read(void *ctx, const struct module_part *part)
{
	char bytes[MODULE_NAME_MAX + 1];
	const char *name = expected_name(part, bytes);
	struct missed *missed = ctx;
	struct loaded_module *module;

	if (!name)
		return 0;
	module = loaded_get(&missed->read, name);
	if (!module)
		return -ENOMEM;
	module->mark = is_live(part) ? MODULE_SETTLED : MODULE_UNSETTLED;
	if (inventory_instance(missed->expected.sys_module, name, &module->instance))
		module->instance = 0;
	return 0;
}

static int forget_suspect(void *ctx, struct loaded_module *module)
{
	loaded_remove(ctx, module->name);
	return 0;
}

static int walk_modules(const struct missed *missed, FILE *f, const char *folder, module_fn take, void *ctx)
{
	_cleanup_(loaded_clear) struct loaded breaks = { 0 };
	int err = inventory_breaks(missed->expected.sys_module, &breaks);

	return err ? err : inventory_walk(f, folder, &breaks, take, ctx);
}

/* Returns 0, -ENOMEM, or another negative errno where there is nothing to judge by. */
static int read_modules(struct missed *missed)
{
	_cleanup_(fclosep) FILE *f = fopen(missed->proc_modules, "re");
	int err;

	loaded_clear(&missed->read);
	loaded_walk(&missed->expected.touched, forget_suspect, &missed->suspects);
	loaded_clear(&missed->expected.touched);
	if (!f)
		return -errno;
	err = walk_modules(missed, f, NULL, take_read, missed);
	missed->whole = !err && !ferror(f);
	return err == -EBADMSG ? 0 : err;
}

/* ---- judging */

struct judgement {
	struct missed *missed;
	struct loaded suspects;
};

static int add_suspect(struct judgement *judgement, const struct loaded_module *module, enum suspicion why)
{
	const struct loaded_module *before = loaded_find(&judgement->missed->suspects, module->name);
	struct loaded_module *now = loaded_get(&judgement->suspects, module->name);
	bool same = before && before->mark == (int)why && before->instance == module->instance;

	if (!now)
		return -ENOMEM;
	now->mark = why;
	now->instance = module->instance;
	now->time = same ? before->time : judgement->missed->read_at;
	return 0;
}

static int judge_read(void *ctx, struct loaded_module *module)
{
	struct judgement *judgement = ctx;
	struct missed *missed = judgement->missed;
	const struct loaded_module *mine = loaded_find(&missed->expected.set, module->name);

	if (module->mark == MODULE_UNSETTLED || loaded_find(&missed->expected.touched, module->name))
		return 0;
	if (!mine)
		return add_suspect(judgement, module, SUSPECT_LOADED);
	if (mine->mark == MODULE_UNSETTLED || !mine->instance)
		return mine->mark == MODULE_UNSETTLED || module->instance
			   ? expected_put(&missed->expected, module->name, module->instance, MODULE_SETTLED, mine->time)
			   : 0;
	if (module->instance && module->instance != mine->instance)
		return add_suspect(judgement, module, SUSPECT_RELOADED);
	return 0;
}

/*
 * A file of /proc larger than a page is read in pieces, by line number: a module that goes meanwhile can hide another.
 * So sysfs is asked too. Without it only a whole list counts.
 */
static int judge_mine(void *ctx, struct loaded_module *module)
{
	struct judgement *judgement = ctx;
	struct missed *missed = judgement->missed;
	uint64_t instance;
	int err;

	if (loaded_find(&missed->read, module->name) || loaded_find(&missed->expected.touched, module->name))
		return 0;
	if (hidden_tracks(missed->hidden, module->name)) /* a module_hidden, if it stays away */
		return 0;
	err = inventory_instance(missed->expected.sys_module, module->name, &instance);
	if (!err || (err != -ESRCH && !missed->whole))
		return 0;
	return add_suspect(judgement, module, module->mark == MODULE_UNSETTLED ? SUSPECT_DROP : SUSPECT_UNLOADED);
}

/* ---- telling */

struct telling {
	struct missed *missed;
	emit_fn emit;
	void *ctx;
	bool loads; /* there are loaded ones to tell of */
};

static int emit_missed(const struct telling *telling, const struct module_part *module, const char *change)
{
	struct event event = { .kind = EVENT_MODULE_MISSED, .module = *module, .change = text_of(change) };

	return telling->emit(telling->ctx, &event);
}

static bool is_due(const struct missed *missed, const struct loaded_module *suspect)
{
	uint64_t wait = suspect->mark == SUSPECT_LOADED ? LOADED_MS : UNLOADED_MS;

	return missed->read_at - suspect->time >= ms(wait);
}

static int tell_unloaded(void *ctx, struct loaded_module *suspect)
{
	const struct module_part module = { .known = KNOWN, .name = text_of(suspect->name) };
	struct telling *telling = ctx;
	int err;

	if (suspect->mark == SUSPECT_DROP)
		expected_take_out(&telling->missed->expected, suspect->name);
	if (suspect->mark == SUSPECT_DROP || !is_due(telling->missed, suspect))
		return 0;
	telling->loads |= suspect->mark != SUSPECT_UNLOADED;
	if (suspect->mark == SUSPECT_LOADED)
		return 0;
	err = emit_missed(telling, &module, "unloaded");
	if (!err)
		expected_take_out(&telling->missed->expected, suspect->name);
	return err;
}

static int tell_one_loaded(const struct telling *telling, struct loaded_module *suspect,
			   const struct module_part *module)
{
	int err;

	if (suspect->mark != SUSPECT_LOADED && suspect->mark != SUSPECT_RELOADED)
		return 0;
	if (!is_due(telling->missed, suspect))
		return 0;
	suspect->mark = SUSPECT_TOLD;
	err = emit_missed(telling, module, "loaded");
	return err ? err
		   : expected_put(&telling->missed->expected, suspect->name, suspect->instance, MODULE_SETTLED, 0);
}

static int tell_present(void *ctx, const struct module_part *module)
{
	char bytes[MODULE_NAME_MAX + 1];
	const char *name = expected_name(module, bytes);
	struct telling *telling = ctx;
	struct loaded_module *suspect = name ? loaded_find(&telling->missed->suspects, name) : NULL;

	return suspect ? tell_one_loaded(telling, suspect, module) : 0;
}

/* Gone since it was read. */
static int tell_absent(void *ctx, struct loaded_module *suspect)
{
	const struct module_part module = { .known = KNOWN, .name = text_of(suspect->name) };

	return tell_one_loaded(ctx, suspect, &module);
}

/* The modules as module_present shows them: so they are looked at again. */
static int tell_loaded(struct telling *telling)
{
	const struct missed *missed = telling->missed;
	_cleanup_(fclosep) FILE *f = fopen(missed->proc_modules, "re");
	int err = f ? walk_modules(missed, f, missed->expected.sys_module, tell_present, telling) : 0;

	if (err && err != -EBADMSG)
		return err;
	return loaded_walk(&missed->suspects, tell_absent, telling);
}

static int judge(struct missed *missed, emit_fn emit, void *ctx)
{
	struct judgement judgement = { .missed = missed };
	struct telling telling = { .missed = missed, .emit = emit, .ctx = ctx };
	int err = loaded_walk(&missed->read, judge_read, &judgement);

	if (!err)
		err = loaded_walk(&missed->expected.set, judge_mine, &judgement);
	loaded_clear(&missed->suspects);
	missed->suspects = judgement.suspects;
	if (!err)
		err = loaded_walk(&missed->suspects, tell_unloaded, &telling);
	if (!err && telling.loads)
		err = tell_loaded(&telling);
	missed->next = missed->suspects.count ? missed->read_at + ms(AGAIN_MS) : clock_next_minute(missed->read_at);
	return err;
}

/* ---- the outside */

static int start_reading(struct missed *missed, uint64_t now)
{
	int err = read_modules(missed);

	state_look(&missed->expected.state);
	missed->read_at = now;
	missed->next = clock_next_minute(now);
	missed->reading = !err;
	if (err && err != -ENOMEM) {
		log_detail("the loaded modules cannot be listed, so they are not compared now: %s", strerror(-err));
		err = 0;
	}
	return err;
}

int missed_note(struct missed *missed, const struct fact *fact)
{
	return missed ? expected_note(&missed->expected, fact) : 0;
}

int missed_check(struct missed *missed, uint64_t now, emit_fn emit, void *ctx)
{
	int err = 0;

	if (!missed)
		return 0;
	if (missed->expected.adopted)
		state_tend(&missed->expected.state, &missed->expected.set, now);
	if (!missed->reading)
		return now >= missed->next ? start_reading(missed, now) : 0;
	missed->reading = false;
	if (missed->expected.adopted)
		err = judge(missed, emit, ctx);
	else if (missed->whole)
		err = expected_adopt(&missed->expected, &missed->read);
	return err;
}

int missed_due_ms(const struct missed *missed, uint64_t now)
{
	int keep, look;

	if (!missed)
		return -1;
	keep = missed->expected.adopted ? state_due_ms(&missed->expected.state, now) : -1;
	if (missed->reading || now >= missed->next)
		return 0;
	look = (int)((missed->next - now) / 1000000 + 1);
	return keep >= 0 && keep < look ? keep : look;
}

int missed_new(const struct missed_places *places, struct missed **out)
{
	_cleanup_(missed_freep) struct missed *missed = calloc(1, sizeof(*missed));
	int err;

	if (!missed)
		return -ENOMEM;
	missed->proc_modules = places->proc_modules ? places->proc_modules : "/proc/modules";
	missed->expected.sys_module = places->sys_module ? places->sys_module : "/sys/module";
	missed->hidden = places->hidden;
	state_init(&missed->expected.state, places->state, places->boot_id);
	err = state_load(&missed->expected.state, &missed->expected.set);
	if (err == -ENOMEM)
		return err;
	missed->expected.adopted = !err;
	state_want(&missed->expected.state);
	*out = missed;
	missed = NULL;
	return 0;
}

void missed_freep(struct missed **missed)
{
	struct missed *one = *missed;

	if (!one)
		return;
	if (!one->expected.adopted)
		one->expected.state.wanted = false;
	state_close(&one->expected.state, &one->expected.set);
	loaded_clear(&one->expected.set);
	loaded_clear(&one->read);
	loaded_clear(&one->expected.touched);
	loaded_clear(&one->suspects);
	free(one);
	*missed = NULL;
}
