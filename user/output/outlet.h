/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that is written to without waiting for its reader, and without changing it for others who have it. */
#ifndef KMODWATCH_OUTLET_H
#define KMODWATCH_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct outlet {
	int fd; /* of our own where the one that was given could block; -1: there is none */
	bool is_own, is_socket, may_block;
};

/*
 * Whatever is written to the file goes to its end: one that is cut while it is open, as logrotate's copytruncate does,
 * would get a hole of NULs before the next line.
 */
void outlet_append(int fd);

/*
 * A file is appended to. A pipe or terminal is opened anew where that can be had, since O_NONBLOCK on fd would be
 * everybody's who has it. *outlet: outlet_close(), which leaves fd open.
 */
void outlet_open(struct outlet *outlet, int fd);
void outlet_close(struct outlet *outlet);

/*
 * As write(2), and as if O_NONBLOCK were set. wait_ms: how long it may wait for room where the descriptor could not be
 * opened anew.
 */
ssize_t outlet_put(const struct outlet *outlet, const char *bytes, size_t size, int wait_ms);

/* The same file, pipe or terminal with flags of its own. Returns a descriptor or -1. */
int outlet_open_anew(int fd, int flags);

#endif
