/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service manager is told (sd_notify(3)): nothing where there is none. */
#ifndef KMODWATCH_SERVICE_H
#define KMODWATCH_SERVICE_H

#include "../output/stream.h"
#include "../kernel/selftest.h"

#include <stdbool.h>

struct service {
	uint64_t interval;	   /* ns between two signs of life; 0: none are wanted */
	uint64_t next;		   /* ns since boot: of the next */
	uint64_t status;	   /* ns since boot: when the status was said */
	uint64_t lines;		   /* how many there were then */
	enum selftest_state state; /* as it was said then */
	uint64_t began, spent;	   /* ns: since boot, and of CPU time, when the start began */
	bool boot_waits;	   /* it may: this is the first start with these pins */
	bool told;		   /* that it is ready */
	bool waits;		   /* for a reader: that was said last */
};

/* began: ns since boot, when the start began; first: no monitor has come so far with these pins. */
void service_init(struct service *service, uint64_t began, bool first);

/* What the status says besides counts. */
struct service_sight {
	size_t probes; /* that are attached */
	bool degraded; /* some that should be are not */
	enum selftest_state state;
};

/* In how many ms service_tend() has something to do; -1: not until something comes. now, here and below: ns since boot.
 */
int service_due_ms(const struct service *service, const struct stream *stream, enum selftest_state state, uint64_t now);

/*
 * Says that it is ready (once, when the self-test passes: with some probes missing too, which only the status says,
 * since a restart would bring none of them back; and where a boot may wait for it, after a second in which it only
 * waited itself), what was counted, and, while it sees all, that the monitor lives:
 * with its pins out of reach too, since the next one could not reach them either.
 */
void service_tend(struct service *service, const struct stream *stream, const struct service_sight *sight,
		  uint64_t now);

/* The same while a reader is waited for: a restart would help nobody, so more time is asked for to become ready. */
void service_wait(struct service *service, enum selftest_state state, uint64_t now);

/* Says that it ends, or reads its options anew. */
void service_stopping(bool reloading);

#endif
