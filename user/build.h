/* SPDX-License-Identifier: BSD-2-Clause */
/* What this build of the program cannot do: the static one (user/dist/static.c) has no libraries of the host. */
#ifndef KMODWATCH_BUILD_H
#define KMODWATCH_BUILD_H

/* Said behind the version: empty where nothing is missing. */
extern const char build_lacks[];
/* Why there is no --journal: NULL where there is. */
extern const char *const build_no_journal;

#endif
