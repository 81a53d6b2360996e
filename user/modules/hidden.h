/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modules that hide: they came, were not freed, and are not in /proc/modules or /sys/module. What is known of them lies
 * in the memory that outlives the monitor.
 */
#ifndef KMODWATCH_HIDDEN_H
#define KMODWATCH_HIDDEN_H

#include "../calls/fact.h"
#include "../output/event.h"

enum { HIDDEN_MAX = 1024 };

enum live_state {
	LIVE_NONE = 0,
	LIVE_COMING, /* its init has not returned, and may never do */
	LIVE_LOADED,
};

/* A module by the address of its struct module; its name may be another's too, once it has left the list. */
struct live_module {
	uint64_t address;
	uint64_t loaded_at; /* ns since boot; while it is coming: when it came */
	uint32_t state;	    /* enum live_state; stored last */
	uint32_t told;
	char name[MODULE_NAME_SIZE];
};

struct handover;
struct hidden;

/* proc_modules and sys_module: NULL for /proc/modules and /sys/module. *out: hidden_freep(). Returns 0 or -ENOMEM. */
int hidden_new(struct handover *handover, const char *proc_modules, const char *sys_module, struct hidden **out);
void hidden_freep(struct hidden **hidden);

/* now: ns since boot. */
void hidden_note(struct hidden *hidden, const struct fact *fact, uint64_t now);
/* A record of a module's end may have been lost: of none can it be said that it was not freed. */
void hidden_forget(struct hidden *hidden);
/* Whether a module of that name loaded and was not freed. */
bool hidden_tracks(const struct hidden *hidden, const char *name);

/*
 * To be called once a round, when all that was in the ring at the round's beginning was taken: what one call reads, the
 * next one judges. Looks 1 s and 10 s after each load (and after the module came), and every minute; what is missing is
 * looked at again 1 s later, and told when it still is. now: ns since boot. Returns 0, -ENOMEM or emit's error.
 */
int hidden_check(struct hidden *hidden, uint64_t now, emit_fn emit, void *ctx);
int hidden_due_ms(const struct hidden *hidden, uint64_t now);

#endif
