// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "chunk.bpf.h"

/*
 * The functions here are global, so that the verifier reads each once. It follows every turn of a loop, though: hence
 * loops of 16 in functions that are called in loops of 16.
 */
enum { SPINS = 16 };

int spin(void);
int spin_longer(void);
int spin_long(void);

__noinline int spin(void)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < SPINS; i++)
		bpf_ktime_get_ns();
	return 0;
}

__noinline int spin_longer(void)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < SPINS; i++)
		spin();
	return 0;
}

/* 4096 times what the clock takes: 0.1 ms or so. */
__noinline int spin_long(void)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < SPINS; i++)
		spin_longer();
	return 0;
}

/* Where the reader stood when a loader gave up waiting for it, plus one. */
static __u64 reader_stuck;

/*
 * Copying is faster than hashing, so the ring fills up behind an image that is larger than it: the loader waits for the
 * reader then, as long as there is another CPU for it and it gets on. One that did not is not waited for again before
 * it has moved. False: no more waiting.
 */
static __always_inline bool wait_for_room(struct attempt *attempt)
{
	const struct control *now = control_read();
	__u64 position = bpf_ringbuf_query(&image_ring, BPF_RB_CONS_POS);
	__u64 time = bpf_ktime_get_ns();

	if (!attempt->image_full_since)
		attempt->image_full_since = time;
	if (!now || position + 1 == reader_stuck)
		return false;
	if (time - attempt->image_full_since >= now->patience * 1000000ULL) {
		reader_stuck = position + 1;
		return false;
	}
	spin_long(); /* four times, as a pass has so many steps */
	spin_long();
	spin_long();
	spin_long();
	return true;
}

/*
 * An image's last chunk is looked for when the record behind it is there; nothing else is to wait with it, since
 * captured images need the room. Forced for the reason given at record_send().
 */
static __always_inline __u64 wakeup_for_chunk(const struct attempt *attempt, __u64 end)
{
	bool waits = end == attempt->image_size && bpf_ringbuf_query(&image_ring, BPF_RB_AVAIL_DATA) <=
						       sizeof(struct image_chunk) + BPF_RINGBUF_HDR_SZ;

	return waits ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP;
}

int chunk_send(void);

/* Sends the next chunk of this thread's image, or waits a little for room; 0: that was all, the attempt says why. */
__noinline int chunk_send(void)
{
	struct attempt *attempt = attempt_here();
	struct image_chunk *chunk;
	__u64 at, size;

	if (!attempt || attempt->image_state != IMAGE_SENDING)
		return 0;
	chunk = bpf_ringbuf_reserve(&image_ring, sizeof(*chunk), 0);
	if (!chunk) {
		if (wait_for_room(attempt))
			return 1;
		attempt->image_state = IMAGE_RING_FULL;
		return 0;
	}
	attempt->image_full_since = 0;
	at = attempt->image_sent;
	size = attempt->image_size - at;
	if (size > IMAGE_CHUNK)
		size = IMAGE_CHUNK;
	chunk->attempt_time = attempt->time;
	chunk->attempt_cpu = attempt->cpu;
	chunk->tid = bpf_get_current_pid_tgid();
	chunk->image_size = attempt->image_size;
	chunk->offset = at;
	chunk->pad = 0;
	/* what cannot be read goes out as a chunk without bytes: a record that is discarded would wake nobody */
	if (bpf_probe_read_kernel(chunk->bytes, size, (const void *)(attempt->image + at))) {
		attempt->image_state = IMAGE_UNREADABLE;
		size = 0;
	}
	chunk->size = size;
	bpf_ringbuf_submit(chunk, wakeup_for_chunk(attempt, at + size));
	if (!size)
		return 0;
	attempt->image_sent = at + size;
	if (attempt->image_sent < attempt->image_size)
		return 1;
	attempt->image_state = IMAGE_SENT;
	return 0;
}

__noinline int chunks_send(void)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < PASS_STEPS; i++)
		if (!chunk_send())
			return 0;
	return 1;
}
