/* SPDX-License-Identifier: BSD-2-Clause */
/* What may stand where a file of ours is wanted: links, fifos, what others own or may write. */
#ifndef KMODWATCH_UNIT_HOSTILE_H
#define KMODWATCH_UNIT_HOSTILE_H

#include <stddef.h>

struct hostile {
	char folder[48], path[64], elsewhere[64]; /* path: in folder */
	char said[2048];			  /* on stderr, by hostile_run() */
};

/* A setup and teardown for cmocka: *state is a struct hostile with an empty folder, and anybody may pass through it. */
int hostile_setup(void **state);
int hostile_teardown(void **state);

/* The bytes at the path, as a file should be. */
void hostile_put(const char *path, const char *bytes);

/* Returns what open returns for path, with its words on stderr in said. One that waits ends the test. */
int hostile_run(struct hostile *hostile, int (*open)(const char *path));

/*
 * Puts one hostile thing after the other at path, with bytes that would do: open must return an error for each, and say
 * one sentence that names path and gives the reason.
 */
void assert_refuses_all(struct hostile *hostile, const char *bytes, int (*open)(const char *path));
/* The same with the folder around it, which others own or may write. */
void assert_refuses_folders(struct hostile *hostile, const char *bytes, int (*open)(const char *path));

#endif
