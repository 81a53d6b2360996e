/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A function that may block, in a process of its own: what it writes comes over a pipe, and it has a time. It has none
 * of our descriptors, so nothing of ours is held by it, and it ends with us.
 */
#ifndef KMODWATCH_CHILD_H
#define KMODWATCH_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
	pid_t pid;	   /* 0: none */
	int fd;		   /* its writing comes here; -1: no more is wanted of it */
	uint64_t deadline; /* ns since boot */
	char *bytes;	   /* so far */
	size_t size, room;
};

#define CHILD_NONE ((struct child) { .fd = -1 })

/* Runs in the child. What it writes to fd is whole when it returns 0. */
typedef int (*child_fn)(void *ctx, int fd);

/*
 * Starts run in a process of its own; the child is CHILD_NONE, or its result was taken. Returns 0, -EBUSY where the
 * last one is still there since it could not even be killed, or another negative errno.
 */
int child_start(struct child *child, child_fn run, void *ctx, uint64_t deadline);

/* Whether there is a result to come. Readable fd, or the deadline: child_take() has something to do. */
bool child_is_busy(const struct child *child);

/*
 * Takes what is there without waiting. Returns 0: bytes and size are whole, and live until the next start or stop;
 * -EAGAIN: not yet; -ETIMEDOUT: its time is over, it was killed; -ECHILD: it ended without having written all; -ENOMEM.
 * now: ns since boot.
 */
int child_take(struct child *child, uint64_t now);

/* Kills it, if it is there. It is CHILD_NONE then. */
void child_stop(struct child *child);

/* For run: writes all. Returns 0 or a negative errno. */
int child_write(int fd, const void *bytes, size_t size);

#endif
