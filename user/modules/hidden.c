// SPDX-License-Identifier: BSD-2-Clause
#include "hidden.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../log.h"
#include "inventory.h"
#include "loaded.h"
#include "../handover.h"

#include <errno.h>
#include <string.h>

enum { SOON_MS = 1000, LATER_MS = 10000 };

/* The list comes in pages, by line number, so a module that goes meanwhile can hide another: it is read more than once.
 */
enum { READINGS = 2 };

enum { MISSING_PROC = 1, MISSING_SYS = 2 };

/* What the last readings said of a module. */
struct sight {
	bool read;	   /* it was known before the reading */
	unsigned int now;  /* missing from there in this reading */
	unsigned int then; /* and in the one before */
	uint64_t since;	   /* when that was first seen */
};

struct hidden {
	struct live_module *modules; /* HIDDEN_MAX, in the memory */
	struct sight sights[HIDDEN_MAX];
	const char *proc_modules, *sys_module;
	bool reading; /* there is a reading to be judged */
	bool breaks_told, odd_told;
	uint64_t read_at, next;
};

static uint64_t ms(uint64_t value)
{
	return value * 1000000;
}

static struct live_module *find(struct hidden *hidden, uint64_t address)
{
	for (int i = 0; i < HIDDEN_MAX; i++)
		if (hidden->modules[i].state != LIVE_NONE && hidden->modules[i].address == address)
			return &hidden->modules[i];
	return NULL;
}

static void drop(struct hidden *hidden, struct live_module *module)
{
	__atomic_store_n(&module->state, LIVE_NONE, __ATOMIC_RELEASE);
	hidden->sights[module - hidden->modules] = (struct sight) { 0 };
}

static void look_soon(struct hidden *hidden, uint64_t now)
{
	if (hidden->next > now + ms(SOON_MS))
		hidden->next = now + ms(SOON_MS);
}

/* It is in both lists by now: load_module() puts it there before the tracepoint that told of it. */
static void add(struct hidden *hidden, const struct fact *fact, uint64_t now)
{
	struct live_module *module = find(hidden, fact->address);

	if (module) /* its end was not seen */
		drop(hidden, module);
	for (int i = 0; i < HIDDEN_MAX; i++) {
		module = &hidden->modules[i];
		if (module->state != LIVE_NONE)
			continue;
		module->address = fact->address;
		module->loaded_at = now;
		module->told = 0;
		memcpy(module->name, fact->name, sizeof(module->name));
		module->name[sizeof(module->name) - 1] = '\0';
		__atomic_store_n(&module->state, LIVE_COMING, __ATOMIC_RELEASE);
		look_soon(hidden, now);
		return;
	}
}

void hidden_note(struct hidden *hidden, const struct fact *fact, uint64_t now)
{
	struct live_module *module;

	if (fact->kind == FACT_COMING)
		add(hidden, fact, fact->time);
	module = fact->address ? find(hidden, fact->address) : NULL;
	if (!module) /* it was unloaded before the load returned */
		return;
	if (fact->kind == FACT_GONE) {
		drop(hidden, module);
	} else if (fact->kind == FACT_LIVE) {
		module->loaded_at = now;
		__atomic_store_n(&module->state, LIVE_LOADED, __ATOMIC_RELEASE);
		look_soon(hidden, now);
	}
}

void hidden_forget(struct hidden *hidden)
{
	for (int i = 0; i < HIDDEN_MAX; i++)
		drop(hidden, &hidden->modules[i]);
}

bool hidden_tracks(const struct hidden *hidden, const char *name)
{
	for (int i = 0; hidden && i < HIDDEN_MAX; i++)
		if (hidden->modules[i].state != LIVE_NONE && !strcmp(hidden->modules[i].name, name))
			return true;
	return false;
}

/* ---- reading */

static int take_name(void *ctx, const struct module_part *part)
{
	char name[MODULE_NAME_MAX + 1];

	if (part->name.known != KNOWN || part->name.size > MODULE_NAME_MAX)
		return 0;
	memcpy(name, part->name.bytes, part->name.size);
	name[part->name.size] = '\0';
	return loaded_get(ctx, name) ? 0 : -ENOMEM;
}

/* Of a name that several have, the last to load is the one that can be in the lists. */
static bool is_newest(const struct hidden *hidden, const struct live_module *module)
{
	for (int i = 0; i < HIDDEN_MAX; i++) {
		const struct live_module *other = &hidden->modules[i];

		if (other->state != LIVE_NONE && other->loaded_at > module->loaded_at &&
		    !strcmp(other->name, module->name))
			return false;
	}
	return true;
}

static unsigned int missing_from(const struct hidden *hidden, const struct live_module *module,
				 const struct loaded *names)
{
	if (!is_newest(hidden, module))
		return MISSING_PROC | MISSING_SYS;
	return (loaded_find(names, module->name) ? 0 : MISSING_PROC) |
	       (inventory_has(hidden->sys_module, module->name) ? 0 : MISSING_SYS);
}

/* The names that can be taken for other modules' lines: those that the kernel told, and those that sysfs shows. */
static int find_breaks(struct hidden *hidden, struct loaded *breaks)
{
	int err = inventory_breaks(hidden->sys_module, breaks);

	for (int i = 0; !err && i < HIDDEN_MAX; i++) {
		const struct live_module *module = &hidden->modules[i];

		if (module->state != LIVE_NONE && strchr(module->name, '\n') && !loaded_get(breaks, module->name))
			err = -ENOMEM;
	}
	if (!err && breaks->count && !hidden->breaks_told) {
		log_line("the name of a loaded module has a line break in it: what it adds to /proc/modules is not "
			 "taken for the line of another module");
		hidden->breaks_told = true;
	}
	return err;
}

/* A line that is not understood is left out, and the others are read: it must not make all that hide invisible. */
static void tell_odd(struct hidden *hidden)
{
	if (!hidden->odd_told)
		log_line("/proc/modules has a line that is not understood: it may hold the name of a hidden module, "
			 "which then looks as if it were listed");
	hidden->odd_told = true;
}

/* Returns 0, or a negative errno where there is nothing to judge by. */
static int read_names(struct hidden *hidden, const struct loaded *breaks, struct loaded *names)
{
	_cleanup_(fclosep) FILE *f = fopen(hidden->proc_modules, "re");
	int err = f ? inventory_walk(f, NULL, breaks, take_name, names) : -errno;

	if (err == -EBADMSG) {
		tell_odd(hidden);
		err = 0;
	}
	return err ? err : f && ferror(f) ? -EIO : 0;
}

/* Without /proc or sysfs nothing is missing. */
static void read_lists(struct hidden *hidden, uint64_t now)
{
	_cleanup_(loaded_clear) struct loaded names = { 0 }, breaks = { 0 };

	hidden->read_at = now;
	if (find_breaks(hidden, &breaks))
		return;
	for (int i = 0; i < READINGS; i++)
		if (read_names(hidden, &breaks, &names))
			return;
	if (access(hidden->sys_module, F_OK))
		return;
	hidden->reading = true;
	for (int i = 0; i < HIDDEN_MAX; i++) {
		struct sight *sight = &hidden->sights[i];

		sight->read = hidden->modules[i].state != LIVE_NONE;
		if (sight->read)
			sight->now = missing_from(hidden, &hidden->modules[i], &names);
	}
}

/* ---- judging */

static int tell(const struct live_module *module, unsigned int missing, emit_fn emit, void *ctx)
{
	struct text places[2];
	struct event event = {
		.kind = EVENT_MODULE_HIDDEN,
		.module = { .known = KNOWN, .name = text_of(module->name) },
		.missing_from = { .known = KNOWN, .items = places },
	};

	if (missing & MISSING_PROC)
		places[event.missing_from.count++] = text_of("/proc/modules");
	if (missing & MISSING_SYS)
		places[event.missing_from.count++] = text_of("/sys/module");
	return emit(ctx, &event);
}

/* What is missing must have been so a second before. It is told once, and again only when something else is missing. */
static int judge_one(struct hidden *hidden, int i, emit_fn emit, void *ctx)
{
	struct live_module *module = &hidden->modules[i];
	struct sight *sight = &hidden->sights[i];
	unsigned int sure = sight->now & sight->then;
	int err = 0;

	if (!sight->read)
		return 0;
	if (!sight->then || !sight->now)
		sight->since = hidden->read_at;
	if (hidden->read_at - sight->since >= ms(SOON_MS)) {
		if (sure && sure != module->told)
			err = tell(module, sure, emit, ctx);
		if (!err)
			module->told = sure;
	}
	sight->then = sight->now;
	if (!sight->now)
		module->told = 0;
	return err;
}

/* The next moment at which a module is to be looked at, after this one. */
static uint64_t next_look(const struct hidden *hidden, uint64_t now)
{
	uint64_t next = clock_next_minute(now);

	for (int i = 0; i < HIDDEN_MAX; i++) {
		const struct live_module *module = &hidden->modules[i];
		uint64_t soon = module->loaded_at + ms(SOON_MS), later = module->loaded_at + ms(LATER_MS);

		if (module->state == LIVE_NONE)
			continue;
		if (hidden->sights[i].then && hidden->sights[i].then != module->told)
			soon = now + ms(SOON_MS);
		if (soon > now && soon < next)
			next = soon;
		if (later > now && later < next)
			next = later;
	}
	return next;
}

static int judge(struct hidden *hidden, emit_fn emit, void *ctx)
{
	int err = 0;

	for (int i = 0; !err && i < HIDDEN_MAX; i++)
		if (hidden->modules[i].state != LIVE_NONE)
			err = judge_one(hidden, i, emit, ctx);
	return err;
}

int hidden_check(struct hidden *hidden, uint64_t now, emit_fn emit, void *ctx)
{
	int err;

	if (!hidden)
		return 0;
	if (hidden->reading) {
		hidden->reading = false;
		err = judge(hidden, emit, ctx);
		hidden->next = next_look(hidden, hidden->read_at);
		return err;
	}
	if (now < hidden->next)
		return 0;
	hidden->next = next_look(hidden, now);
	read_lists(hidden, now);
	return 0;
}

int hidden_due_ms(const struct hidden *hidden, uint64_t now)
{
	if (!hidden)
		return -1;
	return hidden->reading || now >= hidden->next ? 0 : (int)((hidden->next - now) / 1000000 + 1);
}

int hidden_new(struct handover *handover, const char *proc_modules, const char *sys_module, struct hidden **out)
{
	struct hidden *hidden = calloc(1, sizeof(*hidden));

	if (!hidden)
		return -ENOMEM;
	hidden->modules = handover->modules;
	hidden->proc_modules = proc_modules ? proc_modules : "/proc/modules";
	hidden->sys_module = sys_module ? sys_module : "/sys/module";
	*out = hidden;
	return 0;
}

void hidden_freep(struct hidden **hidden)
{
	free(*hidden);
	*hidden = NULL;
}
