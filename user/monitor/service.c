// SPDX-License-Identifier: BSD-2-Clause
#include "service.h"
#include "../clock.h"
#include "../log.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>

/* What a boot waits at most beyond the CPU time of a start. */
enum { BOOT_WAITS_MS = 1000 };

static uint64_t cpu_ns(void)
{
	struct timespec spent = { 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
	return (uint64_t)spent.tv_sec * NS_PER_S + (uint64_t)spent.tv_nsec;
}

/* How long the start has waited for something; all of it counts, whatever it was. */
static uint64_t waited(const struct service *service, uint64_t now)
{
	uint64_t lasted = now - service->began, spent = cpu_ns();

	return lasted > spent ? lasted - spent : 0;
}

void service_init(struct service *service, uint64_t began, bool first)
{
	uint64_t microseconds = 0;

	*service = (struct service) { .began = began, .boot_waits = first };
	if (sd_watchdog_enabled(0, &microseconds) > 0)
		service->interval = microseconds * NS_PER_US / 2;
	service->next = clock_boot_ns();
}

static bool is_ready(const struct service *service, enum selftest_state state, uint64_t now)
{
	return !service->told &&
	       (state == SELFTEST_PASSES || (service->boot_waits && waited(service, now) >= ms(BOOT_WAITS_MS)));
}

static void say_ready(struct service *service, uint64_t now)
{
	sd_notify(0, "READY=1");
	service->told = true;
	log_detail("ready after %llu ms, of which it waited %llu ms",
		   (unsigned long long)((now - service->began) / NS_PER_MS),
		   (unsigned long long)(waited(service, now) / NS_PER_MS));
}

/* What is said is not what is so any more. */
static bool has_news(const struct service *service, const struct stream *stream, enum selftest_state state,
		     uint64_t now)
{
	return state != service->state || is_ready(service, state, now) ||
	       (now >= service->status + NS_PER_S && stream->seq != service->lines);
}

int service_due_ms(const struct service *service, const struct stream *stream, enum selftest_state state, uint64_t now)
{
	int ready_in = -1;

	if (has_news(service, stream, state, now))
		return 0;
	if (!service->told && service->boot_waits)
		ready_in = ms_until(ms(BOOT_WAITS_MS), waited(service, now));
	if (!service->interval)
		return ready_in;
	if (ready_in >= 0 && ready_in < ms_until(service->next, now))
		return ready_in;
	return ms_until(service->next, now);
}

static void say_status(const struct stream *stream, const struct service_sight *sight)
{
	static const char *const states[] = {
		[SELFTEST_BEGUN] = "Testing the probes",
		[SELFTEST_PASSES] = "Watching",
		[SELFTEST_UNPINNED] = "Watching, but its pins are out of reach",
		[SELFTEST_FAILS] = "The self-test fails",
	};
	const uint64_t *counts = stream->counts;
	time_t start = (time_t)(clock_wall(stream->start) / NS_PER_S);
	char since[32] = "";
	struct tm utc;

	if (gmtime_r(&start, &utc))
		strftime(since, sizeof(since), "%F %T UTC", &utc);
	sd_notifyf(0,
		   "STATUS=%s%s, with %zu probes; since %s: %llu loads, %llu unloads, %llu requests, %llu executions "
		   "of module tools, %llu losses",
		   states[sight->state], sight->degraded ? ", degraded: some probes are not attached" : "",
		   sight->probes, since, (unsigned long long)counts[EVENT_MODULE_LOAD],
		   (unsigned long long)counts[EVENT_MODULE_UNLOAD], (unsigned long long)counts[EVENT_MODULE_REQUEST],
		   (unsigned long long)counts[EVENT_TOOL_EXEC], (unsigned long long)counts[EVENT_EVENTS_LOST]);
}

/* Half the time is over: a fault that is mended must not cost the other half. */
static void plan(struct service *service, enum selftest_state state, uint64_t now)
{
	service->next = now + (state != SELFTEST_PASSES && service->interval > NS_PER_S ? NS_PER_S : service->interval);
}

static void ask_for_time(const struct service *service)
{
	sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%llu", (unsigned long long)service->interval * 2 / NS_PER_US);
}

/* And where it cannot be ready yet, it is not to be started over for that. */
static void say_alive(const struct service *service)
{
	sd_notify(0, "WATCHDOG=1");
	if (!service->told)
		ask_for_time(service);
}

void service_tend(struct service *service, const struct stream *stream, const struct service_sight *sight, uint64_t now)
{
	enum selftest_state state = sight->state;

	if (is_ready(service, state, now)) {
		say_ready(service, now);
		service->next = now;
	}
	if (service->waits || has_news(service, stream, state, now) ||
	    (now >= service->status + NS_PER_S && now >= service->next)) {
		say_status(stream, sight);
		service->status = now;
		service->state = state;
		service->lines = stream->seq;
		service->waits = false;
	}
	if (now < service->next)
		return;
	plan(service, state, now);
	if (state == SELFTEST_PASSES || state == SELFTEST_UNPINNED)
		say_alive(service);
}

void service_wait(struct service *service, enum selftest_state state, uint64_t now)
{
	if (!service->waits)
		sd_notify(0, "STATUS=Waiting: nobody takes the lines; what happens meanwhile waits in the kernel");
	service->waits = true;
	if (service->boot_waits && is_ready(service, state, now))
		say_ready(service, now);
	if (now < service->next)
		return;
	plan(service, state, now);
	if (state != SELFTEST_FAILS)
		say_alive(service);
	else if (!service->told)
		ask_for_time(service);
}

void service_stopping(bool reloading)
{
	struct timespec now;

	if (!reloading) {
		sd_notify(0, "STOPPING=1");
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)now.tv_sec * 1000000 + now.tv_nsec / NS_PER_US);
}
