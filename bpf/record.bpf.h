/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A record's way: take a workspace, fill the header, add texts, send. */
#ifndef KMODWATCH_RECORD_BPF_H
#define KMODWATCH_RECORD_BPF_H

#include "maps.bpf.h"
#include <bpf/bpf_core_read.h>

/* Plain, not fetching: a fetching atomic needs 5.12, and the map is per CPU. */
static __always_inline void count_lost(__u32 kind)
{
	__u64 *count = bpf_map_lookup_elem(&lost, &kind);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/* The number of a free workspace of the pool, plus one, which is now the caller's; 0: all are taken. */
int workspace_find(__u32 pool, unextendable by);

/* A workspace of one's own until workspace_release(slot). NULL: all are taken, brief_send() is what is left. */
static __always_inline struct workspace *workspace_take(enum pool pool, __u32 *slot)
{
	int found = workspace_find(pool, UNEXTENDABLE);

	*slot = found - 1;
	return found ? bpf_map_lookup_elem(&workspaces, slot) : NULL;
}

static __always_inline void workspace_release(__u32 slot)
{
	bpf_map_delete_elem(&workspace_owners, &slot);
}

#define BRIEF_CALL(module_call, abi) ((module_call) | (abi) << 8)

/*
 * Sends what can be said of a record without a workspace, for those who may load modules; counted where it is lost.
 * call (BRIEF_CALL()) and ret as in struct brief_record; address: of a struct module, whose name goes along; 0: none.
 */
int brief_send(__u32 kind, __u32 call, __s64 ret, __u64 address, unextendable by);

static __always_inline void header_fill(struct record_header *header, enum record_kind kind)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();

	header->kind = kind;
	header->time = bpf_ktime_get_boot_ns();
	header->cpu = bpf_get_smp_processor_id();
	header->pid = pid_tgid >> 32;
	header->tid = pid_tgid;
	header->uid = bpf_get_current_uid_gid();
	header->attempt_time = header->time;
	header->attempt_cpu = header->cpu;
	bpf_get_current_comm(header->comm, sizeof(header->comm));
}

static __always_inline void record_begin(struct workspace *ws, enum record_kind kind)
{
	/* the previous owner's record is still here */
	__builtin_memset(&ws->record, 0, sizeof(ws->record));
	ws->text_used = 0;
	header_fill(&ws->record.header, kind);
}

static __always_inline void record_of_attempt(struct workspace *ws, const struct attempt *attempt)
{
	ws->record.header.attempt_time = attempt->time;
	ws->record.header.attempt_cpu = attempt->cpu;
}

/*
 * Adds a C string, from the kernel's memory or the caller's. The running offset lives in the workspace and is masked
 * at each use, so that the verifier sees one state for any text instead of one for each length.
 */
static __always_inline void add_string(struct workspace *ws, struct span *span, const void *from, bool user, __u32 max)
{
	__u64 at = ws->text_used;
	long n;

	span->state = SPAN_UNKNOWN;
	if (at >= TEXT_AREA) {
		span->cut = 1;
		return;
	}
	if (max > TEXT_MAX)
		max = TEXT_MAX;
	if (user)
		n = bpf_probe_read_user_str(&ws->text[at & (TEXT_AREA - 1)], max, from);
	else
		n = bpf_probe_read_kernel_str(&ws->text[at & (TEXT_AREA - 1)], max, from);
	if (n <= 0 || n > TEXT_MAX)
		return;
	span->state = SPAN_KNOWN;
	span->offset = at;
	span->size = n - 1;
	span->cut = n == max; /* the helpers say the same for what just fits: a text of TEXT_MAX - 1 counts as cut */
	ws->text_used = at + n;
}

/*
 * Adds size bytes of the caller's memory (at most TEXT_MAX of them). Where a page is not there (it may have been
 * swapped out, and a program cannot wait for it), what stands before the first page's end is taken, and counts as cut.
 */
static __always_inline void add_user_bytes(struct workspace *ws, struct span *span, __u64 from, __u64 size)
{
	__u64 at = ws->text_used;
	__u64 n = size;

	span->state = SPAN_UNKNOWN;
	if (at >= TEXT_AREA) {
		span->cut = 1;
		return;
	}
	if (n > TEXT_MAX)
		n = TEXT_MAX;
	if (bpf_probe_read_user(&ws->text[at & (TEXT_AREA - 1)], n, (const void *)from)) {
		__u64 rest = 4096 - (from & 4095);

		if (n <= rest)
			return;
		n = rest;
		if (bpf_probe_read_user(&ws->text[at & (TEXT_AREA - 1)], n, (const void *)from))
			return;
	}
	span->state = SPAN_KNOWN;
	span->offset = at;
	span->size = n;
	span->cut = size > n;
	ws->text_used = at + n;
}

/* Adds the size bytes before end (the last TEXT_AREA of them) of the kernel's memory. */
static __always_inline void add_kernel_bytes(struct workspace *ws, struct span *span, __u64 end, __u64 size)
{
	__u64 n = size;

	span->state = SPAN_UNKNOWN;
	if (ws->text_used) /* they may fill the whole area */
		return;
	if (n > TEXT_AREA)
		n = TEXT_AREA;
	if (bpf_probe_read_kernel(ws->text, n, (const void *)(end - n)))
		return;
	span->state = SPAN_KNOWN;
	span->offset = 0;
	span->size = n;
	span->cut = size > n;
	ws->text_used = n;
}

/* Sends the record with just the text it has. fixed: the size of the kind's struct. False: lost, not counted. */
static __always_inline bool record_output(void *to, struct workspace *ws, __u64 fixed, __u64 flags)
{
	__u64 text = ws->text_used;
	__u64 size = fixed;

	if (text) {
		if (text > TEXT_AREA + TEXT_MAX)
			text = TEXT_AREA + TEXT_MAX;
		size = RECORD_FIXED + text;
	}
	ws->record.header.text_size = text;
	ws->record.header.size = size;
	return !bpf_ringbuf_output(to, ws, size, flags);
}

static __always_inline void record_send_waking(struct workspace *ws, __u64 fixed, __u64 flags)
{
	__u32 kind = ws->record.header.kind;

	if (!record_output(&ring, ws, fixed, flags))
		count_lost(kind);
}

/*
 * Over the ring of what matters; counted where it is lost. The kernel wakes by itself only a reader who has read all
 * that came before (kernel/bpf/ringbuf.c), and so not behind a record that waits: hence it is forced.
 */
static __always_inline void record_send(struct workspace *ws, __u64 fixed)
{
	record_send_waking(ws, fixed, BPF_RB_FORCE_WAKEUP);
}

/*
 * The same for what becomes a line only with a later record of the call: it waits for that one, unless much waits
 * already. A load and its unload woke the reader eight times.
 */
static __always_inline void record_send_early(struct workspace *ws, __u64 fixed)
{
	bool waits = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < WAITS_UNREAD;

	record_send_waking(ws, fixed, waits ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP);
}

/* Over the other. */
static __always_inline void record_send_refused(struct workspace *ws, __u64 fixed)
{
	__u32 kind = ws->record.header.kind;

	if (!record_output(&refused_ring, ws, fixed, 0))
		count_lost(kind);
}

#endif
