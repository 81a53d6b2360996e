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

struct path_cache;

struct targets {
	size_t count;
	struct target *items; /* in the arena */
};

/* What is known of the machine. */
struct machine {
	struct lsm_list lsm;
	bool is64;
	size_t abi_count;
	struct {
		const char *name;
		uint32_t elf;
		int machine;
	} abis[2]; /* the native one first */
};

/* -ENOTSUP where libaudit does not know the machine. */
int machine_read(struct machine *machine);

/*
 * The targets of a requirement, with everything in the arena. Returns 0, -EINVAL where it can match nothing (*why is a
 * constant then), or -ENOMEM.
 */
int targets_of(const struct rule *requirement, const struct machine *machine, struct path_cache *paths,
	       struct arena *arena, struct targets *out, const char **why);

#endif
