// SPDX-License-Identifier: BSD-2-Clause
#include "attempts.h"

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

	free(open->attempt);
	free(open->params);
	free(open->module);
	free(open->done);
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

static bool is_of(const struct open_attempt *open, const struct record_header *header)
{
	return open->time == header->attempt_time && open->cpu == header->attempt_cpu;
}

struct open_attempt *attempts_find(const struct attempts *attempts, const struct record_header *header)
{
	struct open_attempt *open = find_thread(attempts, header->tid);

	return open && is_of(open, header) ? open : NULL;
}

struct open_attempt *attempts_stale(const struct attempts *attempts, const struct record_header *header)
{
	struct open_attempt *open = find_thread(attempts, header->tid);

	return open && !is_of(open, header) ? open : NULL;
}

struct open_attempt *attempts_get(struct attempts *attempts, const struct record_header *header)
{
	struct open_attempt *open = attempts_find(attempts, header);

	if (open)
		return open;
	open = calloc(1, sizeof(*open));
	if (!open)
		return NULL;
	open->tid = header->tid;
	open->time = header->attempt_time;
	open->cpu = header->attempt_cpu;
	if (!tsearch(open, &attempts->open, compare_tid)) {
		free(open);
		return NULL;
	}
	return open;
}

struct search {
	uint64_t before;
	struct open_attempt *overdue;
	bool waiting;
};

static void look_for_overdue(const void *node, VISIT visit, void *closure)
{
	struct open_attempt *open = *(struct open_attempt *const *)node;
	const struct record_header *done = open->done;
	struct search *search = closure;

	if ((visit != postorder && visit != leaf) || !done)
		return;
	if (done->time < search->before)
		search->overdue = open;
	else
		search->waiting = true;
}

struct open_attempt *attempts_overdue(const struct attempts *attempts, uint64_t before, bool *waiting)
{
	struct search search = { .before = before };

	twalk_r(attempts->open, look_for_overdue, &search);
	*waiting = search.waiting;
	return search.overdue;
}

int attempt_keep(void **slot, const struct record_view *view)
{
	void *copy = malloc(view->record->header.size);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, view->record, view->record->header.size);
	free(*slot);
	*slot = copy;
	return 0;
}

struct record_view attempt_kept(const void *copy)
{
	struct record_view view = { 0 };

	record_view(copy, ((const struct record_header *)copy)->size, &view);
	return view;
}

void attempts_clear(struct attempts *attempts)
{
	tdestroy(attempts->open, open_free);
	attempts->open = NULL;
}
