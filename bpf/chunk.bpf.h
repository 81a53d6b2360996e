/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An image's way to the user side: chunk by chunk, over a ring of its own. */
#ifndef KMODWATCH_CHUNK_BPF_H
#define KMODWATCH_CHUNK_BPF_H

#include "attempt.bpf.h"

/* The square of it is what a pass has: steps that send a chunk or wait a little for room. */
enum { PASS_STEPS = 16 };

/* Some steps with this thread's image; 0: that was all of it, and the attempt says what became of it. */
int chunks_send(void);

static __always_inline void image_begin(struct attempt *attempt, __u64 image)
{
	const struct control *now = control_read();

	if (!now || !now->image_limit || !attempt->image_size)
		return;
	attempt->image = image;
	attempt->image_state = attempt->image_size <= now->image_limit ? IMAGE_SENDING : IMAGE_TOO_BIG;
}

/* One pass; the next is the same program again, since a program's steps are limited and a tail call begins anew. */
static __always_inline void image_send(struct attempt *attempt, void *ctx, void *passes)
{
	if (attempt->image_state != IMAGE_SENDING)
		return;
#pragma clang loop unroll(disable)
	for (int i = 0; i < PASS_STEPS; i++)
		if (!chunks_send())
			return;
	bpf_tail_call(ctx, passes, 0);
	attempt->image_state = IMAGE_STOPPED;
}

#endif
