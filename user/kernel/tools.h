/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that insmod, rmmod, modprobe and kmod are on this machine, in the map of known tools: so a hard link or
 * another name of one is recognised. They are looked up anew where one of them, or a folder that they are in, changes.
 */
#ifndef KMODWATCH_TOOLS_H
#define KMODWATCH_TOOLS_H

#include <stdbool.h>
#include <stdint.h>

struct tools {
	int map;      /* not owned */
	int watch;    /* inotify, of the folders and the files; -1: it could not be had */
	uint64_t due; /* ns since boot: when to see whether something changed */
	bool complained;
};

/* Looks them up. Returns 0 or a negative errno; tools_done() in any case. */
int tools_init(struct tools *tools, int map_fd, uint64_t now);
void tools_done(struct tools *tools);

/* Milliseconds until tools_check() is due: each whole minute. */
int tools_due_ms(const struct tools *tools, uint64_t now);
/* Looks them up anew where it is due and something changed. What cannot be done is logged. */
void tools_check(struct tools *tools, uint64_t now);

#endif
