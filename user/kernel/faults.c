// SPDX-License-Identifier: BSD-2-Clause
#include "faults.h"
#include "health.h"
#include "preflight.h"
#include "ring_faults.h"
#include "test_calls.h"
#include "traced.h"

#include <string.h>

const char ftrace_off[] = "kernel.ftrace_enabled is 0, so it does not run: sysctl kernel.ftrace_enabled=1";

void faults_init(struct faults *faults, struct probes *probes)
{
	*faults = (struct faults) { .probes = probes, .blind = probes_handover(probes)->blind };
	for (size_t i = 0; i < probes_count(); i++)
		faults->expected[i] = probe_is_attached(probes, i) || faults->blind[i].since;
}

void faults_clear(struct faults *faults)
{
	memset(faults->found, 0, sizeof(faults->found));
	memset(faults->only_pin, 0, sizeof(faults->only_pin));
}

/* ---- looking */

/*
 * The list of traced functions, and the next one where something is missing: while entries vanish elsewhere (a tracer
 * that is turned off), a reader who comes back for the next page misses some (seen on 6.1, kernel/trace/ftrace.c,
 * t_start()).
 */
struct lists {
	struct traced *first, *again;
};

static bool is_traced(struct lists *lists, const char *function)
{
	if (!lists->first || traced_has(lists->first, function))
		return true;
	if (!lists->again)
		lists->again = traced_read();
	return !lists->again || traced_has(lists->again, function);
}

static const char *look_at_probe(const struct faults *faults, size_t i, struct lists *lists)
{
	const char *fault = probe_fault(faults->probes, i);
	const char *function = probe_function(faults->probes, i);

	if (!fault && function && !is_traced(lists, function))
		fault =
		    preflight_has_ftrace() ? "the kernel does not list its function as traced any more" : ftrace_off;
	if (!fault && faults->expected[i] && !probe_is_attached(faults->probes, i))
		fault = "it could not be attached again";
	return fault;
}

/* Of what has no other fault. */
static void look_at_pins(struct faults *faults)
{
	for (size_t i = 0; i < SIGHTS_MAX; i++) {
		if (faults->found[i] || (i >= probes_count() && i < PROBES_MAX) || i >= PROBES_MAX + maps_count())
			continue;
		faults->found[i] =
		    i < PROBES_MAX ? probe_pin_fault(faults->probes, i) : map_pin_fault(faults->probes, i - PROBES_MAX);
		faults->only_pin[i] = faults->found[i] && faults->found[i] != pin_unknown;
	}
}

void faults_look(struct faults *faults, struct rings *rings)
{
	struct lists lists = { .first = traced_read() };

	for (size_t i = 0; i < probes_count(); i++)
		faults->found[i] = look_at_probe(faults, i, &lists);
	traced_freep(&lists.first);
	traced_freep(&lists.again);
	for (size_t i = 0; i < maps_count(); i++)
		faults->found[PROBES_MAX + i] = map_fault(faults->probes, i);
	ring_faults_take(rings, faults->found + PROBES_MAX);
	look_at_pins(faults);
	for (size_t i = 0; i < SIGHTS_MAX; i++)
		if (!faults->found[i] && faults->blind[i].since && !faults->blind[i].told)
			faults->found[i] = faults->blind[i].reason;
}

void faults_find(struct faults *faults, size_t i, const char *reason)
{
	if (faults->found[i] && !faults->only_pin[i])
		return;
	faults->found[i] = reason;
	faults->only_pin[i] = false;
}

enum selftest_state faults_worst(const struct faults *faults, bool with_told)
{
	enum selftest_state worst = SELFTEST_BEGUN;

	for (size_t i = 0; i < SIGHTS_MAX; i++) {
		enum selftest_state state = faults->only_pin[i] ? SELFTEST_UNPINNED : SELFTEST_FAILS;

		if ((faults->found[i] || (with_told && faults->blind[i].since)) && state > worst)
			worst = state;
	}
	return worst;
}

/* ---- telling */

static struct event event_of(enum event_kind kind, size_t i)
{
	struct event event = { .kind = kind };

	if (i < PROBES_MAX)
		event.probe = text_of(probe_name(i));
	else
		event.map = text_of(map_name(i - PROBES_MAX));
	return event;
}

/* In the memory, of what was told: that its pin is out of reach must not keep silent that it is blind. */
enum told { TOLD_NOTHING, TOLD_PIN, TOLD_BLIND };

bool faults_are_news(const struct faults *faults, size_t i)
{
	const struct blindness *blind = &faults->blind[i];

	return faults->found[i] &&
	       (!blind->since || blind->told < (uint32_t)(faults->only_pin[i] ? TOLD_PIN : TOLD_BLIND));
}

/* Remembered before it is told. */
int faults_tell(struct faults *faults, uint64_t seen, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < SIGHTS_MAX; i++) {
		struct blindness *blind = &faults->blind[i];
		bool news = faults_are_news(faults, i);
		struct event event;

		if (!faults->found[i])
			continue;
		handover_set_blind(probes_handover(faults->probes), i, faults->found[i], seen);
		if (!news)
			continue;
		event = event_of(EVENT_MONITOR_BLIND, i);
		event.reason = text_of(blind->reason);
		err = emit(ctx, &event);
		if (!err)
			blind->told = faults->only_pin[i] ? TOLD_PIN : TOLD_BLIND;
	}
	return err;
}

bool fault_is_of_calls(size_t i)
{
	for (int c = 0; c < TEST_CALLS; c++)
		if (test_calls[c].probe == i)
			return true;
	return false;
}

int faults_tell_mended(struct faults *faults, bool called, uint64_t now, emit_fn emit, void *ctx)
{
	int err = 0;

	for (size_t i = 0; !err && i < SIGHTS_MAX; i++) {
		struct blindness *blind = &faults->blind[i];
		struct event event;

		if (!blind->since || faults->found[i] || (fault_is_of_calls(i) && !called))
			continue;
		event = event_of(EVENT_MONITOR_RECOVERED, i);
		event.blind_ns = number_of(now - blind->since);
		err = emit(ctx, &event);
		if (!err)
			__atomic_store_n(&blind->since, 0, __ATOMIC_RELEASE);
	}
	return err;
}
