/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The set of loaded modules on disk, for the next run: DIR/modules. A version line, the boot, then what is loaded and,
 * as things happen, what changed since:
 *
 *     kmodwatch-modules 1
 *     boot_id 1ad69a28-3903-44f7-9fde-68c0fbca6d06
 *     + 14636 dummy
 *     ? 14747 vfat
 *     - dummy
 *
 * `+` loaded, `?` loading, with the instance; `-` unloaded. A name's bytes outside of `!` to `~`, and `%`, are %XX. The
 * set is written whole to a file of another name, which then takes the place of the old one; a change is one write() at
 * the end. So a kill at any moment leaves a file that holds what was shown; its last line may be cut.
 */
#ifndef KMODWATCH_STATE_H
#define KMODWATCH_STATE_H

#include "loaded.h"

#include <stdbool.h>
#include <stdio.h>

/* What loaded_module.mark is in a set that is kept. */
enum { MODULE_SETTLED, MODULE_UNSETTLED };

enum { STATE_MODULES_MAX = 100000 };

struct state {
	const char *path; /* NULL: nothing is kept */
	const char *boot_id;
	int folder, file;   /* -1: not open */
	size_t appended;    /* lines, since the file was written whole */
	bool wanted;	    /* it is to be written whole */
	uint64_t not_until; /* ns since boot: not before */
	int told;	    /* what was complained about last; 0: nothing */
};

/* path (NULL: keep nothing) and boot_id are read as long as state lives. */
void state_init(struct state *state, const char *path, const char *boot_id);
/* Writes what is still to be written, and closes. */
void state_close(struct state *state, const struct loaded *set);

/*
 * Reads what the last run of this boot left into set, which is empty. Makes the folder where it is missing. Returns 0,
 * -ESTALE where the list is another boot's, -ENOENT where there is none or none that can be used (which has been
 * explained), or -ENOMEM; set is then still empty.
 */
int state_load(struct state *state, struct loaded *set);

/* Adds a line: that the module is in the set, or not any more. What cannot be written is left to state_tend(). */
void state_note(struct state *state, const struct loaded_module *module);
void state_note_gone(struct state *state, const char *name);

/* The whole set is to be written. */
void state_want(struct state *state);
/* The file is gone or another's: then the same. Costs one system call. */
void state_look(struct state *state);
/* Writes the set where that is wanted and due. What fails is explained once, and tried again. */
void state_tend(struct state *state, const struct loaded *set, uint64_t now);
/* In how many ms state_tend() has something to do; -1: never. */
int state_due_ms(const struct state *state, uint64_t now);

/*
 * What state_load() does with the file's content: strict, whatever it holds. Returns 0, -ESTALE, -EBADMSG for what is
 * not of the format, -E2BIG for more than STATE_MODULES_MAX modules, or -ENOMEM; set then untouched.
 */
int state_parse(FILE *f, const char *boot_id, struct loaded *set);

/* A line as state_parse() reads it. size: STATE_LINE_SIZE. Returns its length. */
enum { STATE_LINE_SIZE = 3 * MODULE_NAME_MAX + 32 };
size_t state_line(const struct loaded_module *module, char *line);

#endif
