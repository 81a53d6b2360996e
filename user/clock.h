/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel side stamps with nanoseconds since boot, and so does all that is remembered and compared here. People read
 * wall-clock time, which is made once, where a line is made.
 */
#ifndef KMODWATCH_CLOCK_H
#define KMODWATCH_CLOCK_H

#include <stdint.h>

enum { NS_PER_US = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

static inline uint64_t ms(uint64_t milliseconds)
{
	return milliseconds * NS_PER_MS;
}

/* How long poll() has to wait for the moment, in ms and never too short; 0: it has come. */
static inline int ms_until(uint64_t moment, uint64_t now)
{
	return now < moment ? (int)((moment - now) / NS_PER_MS + 1) : 0;
}

/* Nanoseconds since boot, suspend included, as bpf_ktime_get_boot_ns() counts them: in a time namespace too. */
uint64_t clock_boot_ns(void);

/*
 * What to add to a boot time to get nanoseconds since 1970, as the wall clock is set at this moment. It is the same
 * number until somebody sets the clock: so the same moment is shown as the same time in each line. All times of one
 * line take one offset.
 */
uint64_t clock_boot_offset(void);

/* The same of one boot time. */
uint64_t clock_wall(uint64_t boot_ns);

/*
 * By how much this process's CLOCK_BOOTTIME is ahead of the kernel's own. proc: where /proc is. Returns 0, -ENODATA
 * where it is in a time namespace and that cannot be found out, *shift then untouched.
 */
int clock_read_shift(const char *proc, int64_t *shift);

/* The next whole minute since boot: what is looked at every minute is looked at then, so that it is one wake-up. */
uint64_t clock_next_minute(uint64_t now);

/* The next whole second, likewise for what is looked at once a second while something happens. */
uint64_t clock_next_second(uint64_t now);

#endif
