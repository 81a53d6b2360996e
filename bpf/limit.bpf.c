// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "limit.bpf.h"
#include "gate.bpf.h"

static const __u64 SECOND = 1000000000;

/* A new key's; where there is no room for another, that of all such keys, which the user side made beforehand. */
static __always_inline struct limit *limit_new(const struct limit_key *key)
{
	struct limit_key any = { .uid = LIMIT_ANY_UID, .what = key->what };
	struct limit limit = {}, *found;

	bpf_map_update_elem(&limits, key, &limit, BPF_NOEXIST);
	found = bpf_map_lookup_elem(&limits, key);
	return found ? found : bpf_map_lookup_elem(&limits, &any);
}

/*
 * The user side counts the periods up, a second after there were lines: asking for the time at each call would be a
 * tenth of all that the call costs. Where nobody reads, there are no more lines, and the counting goes on.
 */
static __always_inline struct limit *limit_now(const struct limit_key *key)
{
	struct limit *limit = bpf_map_lookup_elem(&limits, key);
	const struct control *now = control_read();
	__u64 time;

	if (!limit)
		limit = limit_new(key);
	if (!limit || !now)
		return limit;
	if (limit->period != now->period) {
		time = bpf_ktime_get_boot_ns();
		if (time - limit->last >= 2 * SECOND)
			limit->began = time;
		limit->last = time;
		limit->lines = 0;
		limit->period = now->period;
	}
	return limit;
}

/*
 * The self-test's own calls go on in any case: they are like those that others of the same user may make in any number,
 * who would else make the monitor pass for blind. Asked last, so that it costs nobody else a line's way.
 *
 * Where CPUs begin a period at the same moment, more than LIMIT_LINES may go on; what goes on and what is counted are
 * together exact. No limit: the map is full even for the common keys, which cannot be; then everything goes on.
 */
__noinline int limit_takes(__u64 word, __u64 may_go_on)
{
	const union limit_word what = { .word = word };
	struct limit *limit = limit_now(&what.key);
	const struct control *now;

	if (!limit)
		return true;
	if (may_go_on && limit->lines < LIMIT_LINES) {
		__sync_fetch_and_add(&limit->lines, 1);
		return true;
	}
	now = control_read();
	if (may_go_on && now && now->tester && now->tester == bpf_get_current_pid_tgid() >> 32)
		return true;
	__sync_fetch_and_add(&limit->suppressed, 1);
	return false;
}
