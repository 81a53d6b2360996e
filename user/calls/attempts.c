// SPDX-License-Identifier: BSD-2-Clause
#include "attempts.h"
#include "../tree.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare_tid(const void *a, const void *b)
{
	const struct open_attempt *left = a, *right = b;

	return (left->tid > right->tid) - (left->tid < right->tid);
}

static void open_free(void *node)
{
	struct open_attempt *open = node;

	handover_drop(open->handover, open->attempt);
	handover_drop(open->handover, open->params);
	handover_drop(open->handover, open->module);
	handover_drop(open->handover, open->signature);
	handover_drop(open->handover, open->done);
	free(open);
}

void attempts_close(struct attempts *attempts, struct open_attempt *open)
{
	if (!open)
		return;
	tdelete(open, &attempts->open, compare_tid);
	open_free(open);
}

static struct open_attempt *find_thread(const struct attempts *attempts, uint32_t tid)
{
	const struct open_attempt key = { .tid = tid };
	void *node = tfind(&key, &attempts->open, compare_tid);

	return node ? *(struct open_attempt **)node : NULL;
}

static void **place_for(struct open_attempt *open, uint32_t kind)
{
	switch (kind) {
	case RECORD_ATTEMPT:
		return &open->attempt;
	case RECORD_MODULE_PARAMS:
		return &open->params;
	case RECORD_MODULE_COMING:
	case RECORD_MODULE_LIVE:
	case RECORD_MODULE_FREE:
		return &open->module;
	case RECORD_MODULE_SIGNATURE:
		return &open->signature;
	case RECORD_CALL_DONE:
		return &open->done;
	}
	return NULL;
}

static bool is_kept(uint32_t kind)
{
	struct open_attempt any;

	return place_for(&any, kind);
}

static bool is_of(const struct open_attempt *open, const struct record_header *header)
{
	return open->time == header->attempt_time && open->cpu == header->attempt_cpu;
}

struct open_attempt *attempts_find(const struct attempts *attempts, const struct record_header *header)
{
	struct open_attempt *open = find_thread(attempts, header->tid);

	return open && is_of(open, header) ? open : NULL;
}

/* A module's init and the look at its signature ask for modules too (crypto_alloc_shash()): the call goes on. */
static bool is_in_midst(const struct record_header *header)
{
	return header->kind == RECORD_MODULE_REQUEST;
}

/* What comes over the ring of refused calls may be read after what its thread did next. */
static bool comes_later(const struct open_attempt *open, const struct record_header *header)
{
	return is_kept(header->kind) || header->kind == RECORD_CALL_RETURN || open->time < header->time;
}

struct open_attempt *attempts_stale(const struct attempts *attempts, const struct record_header *header)
{
	struct open_attempt *open = find_thread(attempts, header->tid);

	return open && !is_of(open, header) && !is_in_midst(header) && comes_later(open, header) ? open : NULL;
}

struct open_attempt *attempts_get(struct attempts *attempts, const struct record_header *header)
{
	struct open_attempt *open = attempts_find(attempts, header);

	if (open)
		return open;
	open = calloc(1, sizeof(*open));
	if (!open)
		return NULL;
	open->handover = attempts->handover;
	open->tid = header->tid;
	open->time = header->attempt_time;
	open->cpu = header->attempt_cpu;
	if (!tsearch(open, &attempts->open, compare_tid)) {
		free(open);
		return NULL;
	}
	return open;
}

struct walk {
	attempt_fn look;
	void *ctx;
};

static void visit(void *closure, void *attempt)
{
	const struct walk *walk = closure;

	walk->look(attempt, walk->ctx);
}

void attempts_walk(const struct attempts *attempts, attempt_fn look, void *ctx)
{
	struct walk walk = { look, ctx };

	tree_walk(attempts->open, visit, &walk);
}

int attempt_keep(struct open_attempt *open, const struct record_view *view)
{
	void **place = place_for(open, view->record->header.kind);
	void *copy = handover_keep(open->handover, view);

	if (!copy)
		return -ENOMEM;
	handover_drop(open->handover, *place);
	*place = copy;
	return 0;
}

struct record_view attempt_kept(const void *copy)
{
	struct record_view view = { 0 };

	record_view(copy, ((const struct record_header *)copy)->size, &view);
	return view;
}

static void open_leave(void *node)
{
	struct open_attempt *open = node;

	handover_leave(open->handover, open->attempt);
	handover_leave(open->handover, open->params);
	handover_leave(open->handover, open->module);
	handover_leave(open->handover, open->signature);
	handover_leave(open->handover, open->done);
	free(open);
}

void attempts_clear(struct attempts *attempts)
{
	tdestroy(attempts->open, open_leave);
	attempts->open = NULL;
}

/* A copy that an earlier monitor kept. Of two for one place the later counts: a kill came before the other was dropped.
 */
static int restore(struct attempts *attempts, struct slot *slot)
{
	const struct record_header *header = (const struct record_header *)slot->record;
	struct open_attempt *open;
	struct record_view view;
	void **place;

	if (header->size > sizeof(slot->record) || record_view(header, header->size, &view) || !is_kept(header->kind)) {
		handover_drop(attempts->handover, slot->record);
		return 0;
	}
	open = attempts_stale(attempts, header);
	if (open && open->time > header->attempt_time) {
		handover_drop(attempts->handover, slot->record);
		return 0;
	}
	attempts_close(attempts, open);
	open = attempts_get(attempts, header);
	if (!open)
		return -ENOMEM;
	place = place_for(open, header->kind);
	if (*place && ((const struct record_header *)*place)->time > header->time) {
		handover_drop(attempts->handover, slot->record);
	} else {
		handover_drop(attempts->handover, *place);
		*place = slot->record;
	}
	return 0;
}

int attempts_restore(struct attempts *attempts)
{
	int err = 0;

	for (int i = 0; !err && i < SLOTS; i++)
		if (attempts->handover->slots[i].used)
			err = restore(attempts, &attempts->handover->slots[i]);
	return err;
}
