// SPDX-License-Identifier: BSD-2-Clause
#include "tasks.h"
#include "../clock.h"

#include <string.h>

void tasks_init(struct tasks *tasks, const struct task *list, size_t count, void *ctx)
{
	*tasks = (struct tasks) { .count = count < TASKS_MAX ? count : TASKS_MAX, .ctx = ctx };
	memcpy(tasks->list, list, tasks->count * sizeof(*list));
}

int tasks_plan(struct tasks *tasks, uint64_t now)
{
	int first = -1;

	for (size_t i = 0; i < tasks->count; i++) {
		struct task *task = &tasks->list[i];
		int wait = task->due_ms(tasks->ctx, now);

		task->due = wait < 0 ? UINT64_MAX : now + ms(wait);
		if (wait >= 0 && (first < 0 || wait < first))
			first = wait;
	}
	return first;
}

static bool is_due(const struct tasks *tasks, const struct task *task, uint64_t now)
{
	return now >= task->due || task->due_ms(tasks->ctx, now) == 0;
}

int tasks_run(struct tasks *tasks, uint64_t now)
{
	int err = 0;

	for (size_t i = 0; !err && i < tasks->count; i++)
		if (is_due(tasks, &tasks->list[i], now))
			err = tasks->list[i].run(tasks->ctx, now);
	return err;
}

void tasks_run_silent(struct tasks *tasks, uint64_t now)
{
	for (size_t i = 0; i < tasks->count; i++)
		if (tasks->list[i].silent && is_due(tasks, &tasks->list[i], now))
			tasks->list[i].run(tasks->ctx, now);
}
