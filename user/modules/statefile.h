/* SPDX-License-Identifier: BSD-2-Clause */
/* The list on disk as a file: who may have made it, how it is replaced. Its lines are stateline.c's. */
#ifndef KMODWATCH_STATEFILE_H
#define KMODWATCH_STATEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * All of these may hang, on a dead server or a frozen disk. None goes to the disk at once: a crash of the machine ends
 * the boot, and with it the list's use.
 */
struct statefile {
	const char *path;	  /* of the folder */
	int folder, file;	  /* -1: not open */
	bool old_name;		  /* it was read under the name that it had in earlier versions */
	const char *failed, *why; /* of the last failure: what is not done, and why, for the user */
	bool of_file;		  /* it is about the file, not the folder */
	char *bytes;		  /* what is to be written, owned */
	size_t size;
};

/* What the file is called, below the folder. */
extern const char statefile_name[];

void statefile_init(struct statefile *file, const char *path);
void statefile_close(struct statefile *file);
/* Takes the bytes over, for the functions below. */
void statefile_set(struct statefile *file, char *bytes, size_t size);

/* Returns 0 or a negative errno. */
int statefile_open(struct statefile *file);
/* *out: of the list that is there. Returns 0, -ENOENT where there is none, or another negative errno. */
int statefile_read(struct statefile *file, FILE **out);
/*
 * The whole list, in the place of the old one; what is there and is no list of ours stays. Returns 0, -EEXIST then, or
 * another negative errno.
 */
int statefile_replace(struct statefile *file);
/* More lines. What cannot be written leaves no list: one that lacks what happened would accuse modules that were seen.
 */
int statefile_append(struct statefile *file);
/* Returns 0, or -ESTALE where the file or the folder is gone or another's: both are closed then. */
int statefile_look(struct statefile *file);

#endif
