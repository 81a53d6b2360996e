/* SPDX-License-Identifier: BSD-2-Clause */
/* What a requirement asks to see: one system call from one kind of caller, or the use of one file. */
#ifndef KMODWATCH_AUDIT_TARGET_H
#define KMODWATCH_AUDIT_TARGET_H

#include "box.h"
#include "files.h"
#include "rule.h"

enum target_kind {
	TARGET_CALL, /* a system call by number */
	TARGET_EXEC, /* running a program file */
	TARGET_USE,  /* reading, writing or changing a file, or anything with it */
};

struct target {
	enum target_kind kind;
	const char *path; /* EXEC, USE */
	const char *call; /* CALL: its name, or its number as text; NULL: any of the requirement's */
	const char *abi;  /* x86_64, i386 ...; NULL: of no one ABI */
	uint32_t elf;
	unsigned int nr;   /* CALL with a name */
	uint32_t perm;	   /* USE: the one AUDIT_PERM_ bit that is meant, or 0 for any use */
	bool whole_folder; /* USE: of everything in the folder */
	bool names_known;  /* all the files that the call looks up are in `names` */
	const char *wrong; /* not NULL: it cannot be judged, and this is why */
	struct file_names names;
	/* what the requirement asks for: everything in these */
	size_t start_count;
	const struct box *starts[2];
	/* the same without the requirement's own conditions */
	size_t open_count;
	const struct box *open[2];
};

#endif
