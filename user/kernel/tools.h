/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that insmod, rmmod, modprobe and kmod are on this machine, in the map of known tools: so a hard link or
 * another name of one is recognised. They are looked up anew where one of them, or a folder that they are in, changes.
 */
#ifndef KMODWATCH_TOOLS_H
#define KMODWATCH_TOOLS_H

#include "../../bpf/map_values.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOOLS_FOUND_MAX = 24 }; /* each name in each folder */

struct tools_found {
	struct file_id ids[TOOLS_FOUND_MAX];
	struct tool_file files[TOOLS_FOUND_MAX];
	size_t count;
};

struct tools {
	struct tools_found found;
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

/* Whether the map has what was found, and nothing else. */
bool tools_are_whole(const struct tools *tools);
/* Makes it so. Returns 0 or a negative errno. */
int tools_fill(const struct tools *tools);

#endif
