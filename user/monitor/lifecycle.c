// SPDX-License-Identifier: BSD-2-Clause
#include "lifecycle.h"
#include "../cleanup.h"
#include "../log.h"
#include "../output/fields.h"
#include "../modules/inventory.h"
#include "../modules/modules.h"
#include "../modules/policy.h"
#include "../kernel/preflight.h"
#include "../kernel/probes.h"
#include "../calls/rings.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

static int tell_start(const struct beginning *opening, emit_fn emit, void *ctx)
{
	struct event event = { .kind = EVENT_MONITOR_START };
	struct rings *rings = opening->rings;
	struct utsname names;

	uname(&names);
	event.version = text_of(KMODWATCH_VERSION);
	event.kernel_release = text_of(names.release);
	event.degraded = number_of(probes_degraded(opening->probes));
	event.probes = probes_list(opening->probes);
	event.policy = policy_part(opening->policy);
	if (probes_takeover(opening->probes) == TAKEOVER_RESUMED)
		event.resumed = (struct resumed_part) {
			.known = KNOWN,
			.records = number_of(ring_count(&rings->matters) + ring_count(&rings->refused)),
			.since = number_of(opening->seen),
		};
	if (modules_unwatched(opening->modules, &event.unwatched.since)) {
		event.unwatched.known = KNOWN;
		event.unwatched.until = number_of(opening->attached);
	}
	return emit(ctx, &event);
}

/* What another version left, or what somebody took a part from, and this one cannot read. */
static int tell_unread(const struct beginning *opening, emit_fn emit, void *ctx)
{
	const char *what;
	struct event event = { .kind = EVENT_EVENTS_LOST, .count = probes_unread(opening->probes, &what) };

	if (event.count.known == ABSENT || (event.count.known == KNOWN && !event.count.value))
		return 0;
	event.what = text_of(what);
	return emit(ctx, &event);
}

int lifecycle_start(const struct beginning *opening, emit_fn emit, void *ctx)
{
	int err = tell_start(opening, emit, ctx);

	return err ? err : tell_unread(opening, emit, ctx);
}

struct present {
	emit_fn emit;
	void *ctx;
};

static int tell_present(void *ctx, const struct module_part *module)
{
	const struct present *present = ctx;
	struct event event = { .kind = EVENT_MODULE_PRESENT, .module = *module };

	return present->emit(present->ctx, &event);
}

int lifecycle_present(emit_fn emit, void *ctx)
{
	_cleanup_(module_set_clear) struct module_set breaks = { 0 };
	_cleanup_(fclosep) FILE *modules = NULL;
	_cleanup_(freep) char *text = NULL;
	struct present present = { emit, ctx };
	int err;

	if (!preflight_has_modules())
		return 0;
	modules = fopen("/proc/modules", "re");
	err = modules ? inventory_read(modules, &text) : -errno;
	if (err) {
		log_line("the loaded modules cannot be listed (/proc/modules: %s): mount /proc", strerror(-err));
		return 0;
	}
	err = inventory_breaks("/sys/module", &breaks);
	if (!err)
		err = inventory_walk(text, "/sys/module", &breaks, tell_present, &present);
	if (err != -EBADMSG)
		return err;
	log_line("/proc/modules has a line that is not understood, so a loaded module is not listed");
	return 0;
}

/* What main() waits for. sigabbrev_np(3) came with glibc 2.32 only. */
static const char *signal_name(int signal)
{
	switch (signal) {
	case SIGHUP:
		return "SIGHUP";
	case SIGINT:
		return "SIGINT";
	case SIGTERM:
		return "SIGTERM";
	}
	return NULL;
}

int lifecycle_stop(int signal, bool reload, const uint64_t counts[static EVENT_KINDS], emit_fn emit, void *ctx)
{
	struct event event = { .kind = EVENT_MONITOR_STOP, .reload = reload };
	struct count_part parts[EVENT_KINDS];
	size_t count = 0;

	for (int kind = 0; kind < EVENT_KINDS; kind++)
		if (counts[kind])
			parts[count++] = (struct count_part) { event_name(kind), counts[kind] };
	event.reason = text_of(signal_name(signal));
	event.counts = (struct list) { .known = KNOWN, .count = count, .items = parts };
	return emit(ctx, &event);
}
