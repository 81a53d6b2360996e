/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines go: a file descriptor that may be a pipe whose reader is slow or gone, a full disk, a terminal. */
#ifndef KMODWATCH_SINK_H
#define KMODWATCH_SINK_H

#include <stddef.h>

struct sink {
	int fd;			      /* not owned */
	const volatile int *stopping; /* set (by a signal handler) when the user wants to end */
};

/*
 * Writes the whole line, waiting as long as the reader is slow, the disk is full, or a file cannot be written (EIO);
 * nothing of a line is left out and nothing is written twice. Once *stopping is set it waits two seconds more at most.
 * Returns 0, or -EPIPE (the reader or the terminal is gone), -ECANCELED (given up while stopping) or another negative
 * errno: then the line may stand there in part.
 */
int sink_write(struct sink *sink, const char *line, size_t size);

#endif
