/* SPDX-License-Identifier: BSD-2-Clause */
/* Where lines go: a file descriptor that may be a pipe whose reader is slow or gone, a full disk, a terminal. */
#ifndef KMODWATCH_SINK_H
#define KMODWATCH_SINK_H

#include "outlet.h"

#include <stdbool.h>
#include <stddef.h>

struct sink {
	struct outlet outlet;
	const volatile int *stopping; /* set to a signal (by its handler) when the user wants to end */
	bool resumes;  /* after a SIGHUP this process goes on: a line that was begun is written to its end */
	bool gives_up; /* a disk that is full or fails is an error at once, as for any command */
	bool cut;      /* the last line was not */
	void (*meanwhile)(
	    void *ctx); /* called at least twice a second while a line waits; NULL: nothing is to be done */
	void *ctx;
};

/*
 * Lines go to where fd leads; stopping as above. No call of sink_write() then blocks in the kernel, where that can be
 * had (outlet.h). *sink: sink_close(), which leaves fd open.
 */
void sink_open(struct sink *sink, int fd, const volatile int *stopping);
void sink_close(struct sink *sink);

/*
 * Writes the whole line, waiting as long as the reader is slow, the disk is full, or a file cannot be written (EIO);
 * nothing of a line is left out and nothing is written twice. Once *stopping is set it waits two seconds more at most;
 * after a SIGHUP that is no end, only if nothing of the line was written yet. Returns 0, or -EPIPE (the reader or the
 * terminal is gone), -ECANCELED (given up while stopping) or another negative errno: then the line may stand there in
 * part, and `cut` says so.
 */
int sink_write(struct sink *sink, const char *line, size_t size);

/*
 * Ends a line that an earlier process left cut, so that the next one stands alone. cut: whether that process said so;
 * of a file, its last byte tells. Returns as sink_write().
 */
int sink_end_cut(struct sink *sink, bool cut);

/* How long the wait for a reader may go on: for everything that waits likewise. Starts zeroed. */
struct patience {
	long give_up; /* s, monotonic; 0: nobody wants to end yet */
};

/* One round of waiting: does what is to be done meanwhile. begun: part of it is out. Whether to give up. */
bool sink_is_over(const struct sink *sink, bool begun, struct patience *patience);

#endif
