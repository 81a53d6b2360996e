/* SPDX-License-Identifier: BSD-2-Clause */
/* What is done from time to time: one list, in the order in which it is done when several are due. */
#ifndef KMODWATCH_TASKS_H
#define KMODWATCH_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task {
	const char *name;
	/* In how many ms it has something to do, 0: at once, -1: not until something comes. now: ns since boot. */
	int (*due_ms)(void *ctx, uint64_t now);
	/* Returns 0, or a negative errno that ends the run. What is not done stays due. */
	int (*run)(void *ctx, uint64_t now);
	bool silent;  /* writes no line: goes on while a reader is waited for */
	uint64_t due; /* ns since boot: as it was planned last; 0 before, so that each runs at the start */
};

enum { TASKS_MAX = 16 };

struct tasks {
	struct task list[TASKS_MAX];
	size_t count;
	void *ctx; /* of the tasks */
};

/* At most TASKS_MAX of them are taken over, none of which has been planned. */
void tasks_init(struct tasks *tasks, const struct task *list, size_t count, void *ctx);

/* Plans anew. Returns the ms until the first is due; -1: none is. */
int tasks_plan(struct tasks *tasks, uint64_t now);

/* Runs what is due by plan, or has become so since. Returns 0 or the first error, and then runs no more. */
int tasks_run(struct tasks *tasks, uint64_t now);

/* The same for those that are silent. */
void tasks_run_silent(struct tasks *tasks, uint64_t now);

#endif
