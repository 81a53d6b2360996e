/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who has a module request in hand: the map of requests, whose keys are thread ids and addresses. */
#ifndef KMODWATCH_REQUEST_BPF_H
#define KMODWATCH_REQUEST_BPF_H

#include "gate.bpf.h"
#include "record.bpf.h"
#include "subject.bpf.h"

/* A requester and a helper can be the same thread: modprobe may cause a request too. */
static __always_inline __u64 thread_key(void)
{
	return (__u32)bpf_get_current_pid_tgid();
}

static __always_inline __u64 process_key(void)
{
	return 1ULL << 32 | bpf_get_current_pid_tgid() >> 32;
}

static __always_inline void request_put(__u64 key, const struct request_id *id)
{
	bpf_map_update_elem(&requests, &key, id, BPF_ANY);
}

static __always_inline void request_forget(__u64 key)
{
	bpf_map_delete_elem(&requests, &key);
}

/* Takes what is there under the key; false: nothing. */
static __always_inline bool request_take(__u64 key, struct request_id *out)
{
	struct request_id *id = bpf_map_lookup_elem(&requests, &key);

	if (!id)
		return false;
	*out = *id;
	request_forget(key);
	return true;
}

/*
 * A record of a request, or of what came of it. A suppressed one has been counted, and takes no room from what matters:
 * where it gets lost, a load's requester is not known, and nothing else.
 */
static __always_inline void request_send(struct workspace *ws, __u64 fixed, bool suppressed)
{
	if (suppressed)
		record_output(&refused_ring, ws, fixed, 0);
	else
		record_send(ws, fixed);
}

/* Nothing under from: nothing under to either, whatever was left there. */
static __always_inline void request_move(__u64 from, __u64 to)
{
	struct request_id id;

	if (request_take(from, &id))
		request_put(to, &id);
	else
		request_forget(to);
}

#endif
