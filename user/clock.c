// SPDX-License-Identifier: BSD-2-Clause
#include "clock.h"

#include <time.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

uint64_t clock_boot_ns(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

uint64_t clock_boot_offset(void)
{
	return read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME);
}

static uint64_t next_multiple(uint64_t now, uint64_t unit)
{
	return now - now % unit + unit;
}

uint64_t clock_next_minute(uint64_t now)
{
	return next_multiple(now, 60000000000);
}

uint64_t clock_next_second(uint64_t now)
{
	return next_multiple(now, 1000000000);
}
