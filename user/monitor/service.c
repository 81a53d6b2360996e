// SPDX-License-Identifier: BSD-2-Clause
#include "service.h"
#include "../clock.h"

#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>

enum { NS_PER_US = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

void service_init(struct service *service)
{
	uint64_t microseconds = 0;

	*service = (struct service) { 0 };
	if (sd_watchdog_enabled(0, &microseconds) > 0)
		service->interval = microseconds * NS_PER_US / 2;
	service->next = clock_boot_ns();
}

int service_due_ms(const struct service *service)
{
	uint64_t now = clock_boot_ns();

	if (!service->interval)
		return -1;
	return now >= service->next ? 0 : (int)((service->next - now) / NS_PER_MS + 1);
}

static void say_status(const struct stream *stream, bool degraded, enum selftest_state state)
{
	static const char *const states[] = {
		[SELFTEST_BEGUN] = "Testing the probes",
		[SELFTEST_PASSES] = "Watching",
		[SELFTEST_FAILS] = "The self-test fails",
	};
	const uint64_t *counts = stream->counts;

	sd_notifyf(
	    0, "STATUS=%s; %llu loads, %llu unloads, %llu requests, %llu executions of module tools, %llu losses",
	    degraded ? "Some probes are not attached" : states[state], (unsigned long long)counts[EVENT_MODULE_LOAD],
	    (unsigned long long)counts[EVENT_MODULE_UNLOAD], (unsigned long long)counts[EVENT_MODULE_REQUEST],
	    (unsigned long long)counts[EVENT_TOOL_EXEC], (unsigned long long)counts[EVENT_EVENTS_LOST]);
}

void service_tend(struct service *service, const struct stream *stream, bool degraded, enum selftest_state state)
{
	uint64_t now = clock_boot_ns();

	if (!service->told && state == SELFTEST_PASSES && !degraded) {
		sd_notify(0, "READY=1");
		service->told = true;
		service->next = now;
	}
	if (state != service->state ||
	    (now >= service->status + NS_PER_S && (now >= service->next || stream->seq != service->lines))) {
		say_status(stream, degraded, state);
		service->status = now;
		service->state = state;
		service->lines = stream->seq;
	}
	if (now < service->next)
		return;
	/* half the time is over: a fault that is mended must not cost the other half */
	service->next = now + (state != SELFTEST_PASSES && service->interval > NS_PER_S ? NS_PER_S : service->interval);
	if (state == SELFTEST_PASSES)
		sd_notify(0, "WATCHDOG=1");
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
