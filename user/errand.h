/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may hang for as long as a disk or a server likes, done by a thread of its own and waited for a moment: mostly it
 * is over by then.
 */
#ifndef KMODWATCH_ERRAND_H
#define KMODWATCH_ERRAND_H

#include <stdbool.h>

struct errand;

typedef int (*errand_fn)(void *ctx);

/*
 * Runs it: *errand is made where it is NULL. Returns what run returned; or -EINPROGRESS where that takes longer than
 * wait_ms, or the errand before still does, and then run was not started. While errand_is_busy(), ctx is the thread's.
 */
int errand_run(struct errand **errand, errand_fn run, void *ctx, unsigned int wait_ms);

/* NULL is never busy. */
bool errand_is_busy(struct errand *errand);

/* Waits for what goes on, and ends the thread. Returns false where it is left at it: what it uses must stay. */
bool errand_end(struct errand **errand, unsigned int wait_ms);

#endif
