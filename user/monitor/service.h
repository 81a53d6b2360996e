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
	bool told;		   /* that all is ready */
};

void service_init(struct service *service);

/* In how many ms service_tend() has something to do; -1: never. */
int service_due_ms(const struct service *service);

/*
 * Says that all is ready (once, when all probes are attached and the self-test passes), what was counted, and, while
 * the self-test passes, that the monitor lives.
 */
void service_tend(struct service *service, const struct stream *stream, bool degraded, enum selftest_state state);

/* Says that it ends, or reads its options anew. */
void service_stopping(bool reloading);

#endif
