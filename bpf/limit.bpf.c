// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "limit.bpf.h"
#include "gate.bpf.h"

static const __u64 SECOND = 1000000000;

extern const volatile __u64 limit_factor;

enum { LOOKED_AT = 5 }; /* slots, before a key counts as one that finds no room */

static __always_inline struct limit *limit_at(__u32 slot)
{
	return bpf_map_lookup_elem(&limits, &slot);
}

/* A free slot becomes the key's, unless another CPU is just taking it. BPF_NOEXIST: see workspace_take(). */
static __always_inline bool limit_own(__u32 slot, struct limit *limit, __u64 word)
{
	if (bpf_map_update_elem(&limit_owners, &slot, &word, BPF_NOEXIST))
		return false;
	limit->of.word = word;
	return true;
}

/*
 * Where to look, one slot after another; the step is odd, and so leads to each before it comes back. Nobody can choose
 * keys that meet: the factor is drawn before the load. Twice, since some factors send users in a row to few slots: one
 * in 200 left 150 of 500 without one. Root's slots are apart, so that nobody else can fill them.
 */
static __always_inline __u32 limit_slot(__u64 word, __u32 i)
{
	__u64 half = word * limit_factor, hash = (half ^ half >> 32) * limit_factor;
	__u32 at = (hash >> 32) + i * (hash >> 48 | 1);

	if (word << 32) /* the user */
		return at & (LIMITS_ANY - 1);
	barrier_var(at); /* else clang works out both for each */
	return LIMITS_ANY + (at & (LIMITS_ROOT - 1));
}

int limit_try(__u64 word, __u32 i, unextendable by);

/* The ith slot plus one, where it is the key's, or now is; else 0. On its own, so that the verifier reads it once. */
__weak int limit_try(__u64 word, __u32 i, unextendable by)
{
	__u32 slot = limit_slot(word, i);
	struct limit *limit = limit_at(slot);
	bool mine = limit && (limit->of.word == word || (!limit->of.word && limit_own(slot, limit, word)));

	return mine ? slot + 1 : 0;
}

int limit_find(__u64 word, unextendable by);

/*
 * The key's slot, or where there is no room for another that of all such keys. CPUs that meet a new key at the same
 * moment may take a slot each: then it has two, which count together.
 */
__weak int limit_find(__u64 word, unextendable by)
{
	const union limit_word what = { .word = word };
	int found = 0;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LOOKED_AT && !found; i++)
		found = limit_try(word, i, UNEXTENDABLE);
	if (found)
		return found - 1;
	return (what.key.uid ? LIMIT_REST_ANY : LIMIT_REST_ROOT) + what.key.what;
}

static __always_inline struct limit *limit_sum(__u32 uid)
{
	return limit_at(uid ? LIMIT_SUM_ANY : LIMIT_SUM_ROOT);
}

int limit_has_room(__u32 uid, unextendable by);

/* Whether there is room for a line more in what all have together; then it is taken. */
__weak int limit_has_room(__u32 uid, unextendable by)
{
	struct limit *sum = limit_sum(uid);

	if (!sum || sum->bytes >= (uid ? LIMIT_BYTES_ALL : LIMIT_BYTES_ROOT) || (uid && sum->lines >= LIMIT_LINES_ALL))
		return false;
	__sync_fetch_and_add(&sum->lines, 1);
	return true;
}

__weak int limit_charge(__u32 uid, __u64 text_size, unextendable by)
{
	struct limit *sum = limit_sum(uid);

	if (sum)
		__sync_fetch_and_add(&sum->bytes, limit_line_bytes(text_size));
	return 0;
}

/*
 * The user side counts the periods up, a second after there were lines: asking for the time at each call would be a
 * tenth of all that the call costs. Where nobody reads, there are no more lines, and the counting goes on.
 */
static __always_inline void limit_begin_period(struct limit *limit, __u64 period)
{
	const struct limit_key *key = &limit->of.key;
	__u64 time = bpf_ktime_get_boot_ns();

	if (time - limit->last >= 2 * SECOND)
		limit->began = time;
	limit->last = time;
	limit->left = key->uid || key->what == LIMITED_REFUSED ? LIMIT_LINES : LIMIT_LINES_ROOT;
	limit->period = period;
}

/*
 * The self-test's own calls go on in any case: they are like those that others of the same user may make in any number,
 * who would else make the monitor pass for blind. Asked last, so that it costs nobody else a line's way.
 *
 * Where CPUs begin a period or take the last line at the same moment, more may go on; what goes on and what is counted
 * are together exact, and bytes that are too many are taken from the next period. No limit, or no control: that cannot
 * be; then everything goes on.
 */
__weak int limit_takes(__u64 word, __u64 may_go_on, unextendable by)
{
	struct limit *limit = limit_at(limit_slot(word, 0));
	const struct control *now;

	if (!limit || limit->of.word != word)
		limit = limit_at(limit_find(word, UNEXTENDABLE));
	now = control_read();
	if (!limit || !now)
		return true;
	if (limit->period != now->period + 1)
		limit_begin_period(limit, now->period + 1);
	if (may_go_on && limit->left > 0 && limit_has_room(word, UNEXTENDABLE)) {
		__sync_fetch_and_add(&limit->left, -1);
		return true;
	}
	if (may_go_on && now->tester && now->tester == bpf_get_current_pid_tgid() >> 32)
		return true;
	__sync_fetch_and_add(&limit->suppressed, 1);
	return false;
}
