/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of users, from /etc/passwd alone: whatever else the machine is told to ask (LDAP, sssd) may take for ever,
 * and the rings fill meanwhile.
 */
#ifndef KMODWATCH_NAMES_H
#define KMODWATCH_NAMES_H

#include <stdint.h>
#include <sys/stat.h>

/* Of user names, useradd takes up to 32 bytes. */
enum { NAME_BYTES = 33, NAMES_KEPT = 64 };

struct names {
	const char *path;   /* of the form of passwd(5); NULL: no user has a name */
	struct stat of;	    /* the file that is kept here */
	unsigned int next;  /* the entry to be replaced next */
	unsigned int count; /* entries in use */
	struct {
		uint32_t uid;
		char name[NAME_BYTES]; /* "": it has none */
	} kept[NAMES_KEPT];
};

/* The user's name, any bytes; NULL where it has none or it is too long. Valid until the next call. */
const char *names_of(struct names *names, uint32_t uid);

#endif
