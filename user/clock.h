/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel side stamps with nanoseconds since boot; people read wall-clock time. */
#ifndef KMODWATCH_CLOCK_H
#define KMODWATCH_CLOCK_H

#include <stdint.h>

/* Nanoseconds since boot, suspend included, as bpf_ktime_get_boot_ns() counts them. */
uint64_t clock_boot_ns(void);

/* What to add to a boot time to get nanoseconds since 1970. Asked anew for each batch, since the wall clock is set. */
uint64_t clock_boot_offset(void);

/* The next whole minute since boot: what is looked at every minute is looked at then, so that it is one wake-up. */
uint64_t clock_next_minute(uint64_t now);

/* The next whole second, likewise for what is looked at once a second while something happens. */
uint64_t clock_next_second(uint64_t now);

#endif
