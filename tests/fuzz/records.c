// SPDX-License-Identifier: BSD-2-Clause
/*
 * What comes off the ring: any bytes, each record in a block of exactly its size. The input is a row of them: two bytes
 * of length and flags, then the bytes. WHOLE: kind and sizes are made to fit, or next to nothing would get past them;
 * ids are few, so that records meet.
 */
#include "../../user/calls/correlate.h"
#include "../../user/calls/settle.h"
#include "../../user/handover.h"
#include "../../user/calls/record.h"
#include "check/rendered.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WHOLE = 0x8000, LENGTH = 0x7fff, OFFSET = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct handover handover;

static int take_fact(void *ctx, const struct fact *fact)
{
	(void)ctx;
	if (fact->event)
		check_rendered(fact->event);
	return 0;
}

/* Of the kind's struct, as record_view() has it. */
static size_t fixed_size(uint32_t kind)
{
	static size_t sizes[RECORD_KINDS];
	static _Alignas(8) char bytes[RECORD_FIXED];
	struct record_header *header = (struct record_header *)bytes;
	struct record_view view;

	header->kind = kind;
	for (header->size = sizeof(*header); !sizes[kind]; header->size += 8)
		if (!record_view(bytes, header->size, &view))
			sizes[kind] = header->size;
	return sizes[kind];
}

static void take(struct correlator *correlator, const void *bytes, size_t size)
{
	void *copy = malloc(size ? size : 1); /* aligned, and of no byte more */
	int err;

	if (!copy)
		return;
	memcpy(copy, bytes, size);
	err = correlator_take(correlator, copy, size, OFFSET);
	if (err && err != -EBADMSG && err != -ENOMEM)
		abort();
	free(copy);
}

static void take_whole(struct correlator *correlator, const uint8_t *bytes, size_t size)
{
	static _Alignas(8) char made[RECORD_MAX];
	struct record_header *header = (struct record_header *)made;
	uint32_t kind = 1 + (size ? bytes[0] % (RECORD_KINDS - 1) : 0);
	size_t fixed = fixed_size(kind);

	if (size > RECORD_MAX)
		size = RECORD_MAX;
	memset(made, 0, sizeof(made));
	memcpy(made, bytes, size);
	header->kind = kind;
	header->text_size = size > RECORD_FIXED ? size - RECORD_FIXED : 0;
	header->size = header->text_size ? size : fixed;
	header->pid %= 4;
	header->tid %= 4;
	header->attempt_time %= 4;
	header->attempt_cpu %= 2;
	take(correlator, made, header->size);
}

/* As an earlier monitor could have left it, but empty: eight megabytes are not cleared for each run. */
static void forget(void)
{
	for (int i = 0; i < SLOTS; i++)
		handover.slots[i].used = 0;
	for (int i = 0; i < REQUESTS_KEPT; i++)
		memset(&handover.requests[i], 0, 128);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct correlator *correlator;
	bool waiting;

	forget();
	if (correlator_new(take_fact, NULL, &handover, NULL, &correlator))
		return 0;
	while (size >= 2) {
		size_t head = bytes[0] | bytes[1] << 8, length = head & LENGTH;

		bytes += 2;
		size -= 2;
		if (length > size)
			length = size;
		if (head & WHOLE)
			take_whole(correlator, bytes, length);
		else
			take(correlator, bytes, length);
		bytes += length;
		size -= length;
	}
	correlator_flush(correlator, NULL, UINT64_MAX, OFFSET, &waiting);
	correlator_freep(&correlator);
	return 0;
}
