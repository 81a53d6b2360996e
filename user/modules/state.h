/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The set of loaded modules on disk, for the next run: DIR/kmodwatch-modules. When it is read and written; a thread
 * does the writing, so that a disk that hangs holds nobody up: after a second the list is written later.
 */
#ifndef KMODWATCH_STATE_H
#define KMODWATCH_STATE_H

#include "../errand.h"
#include "statefile.h"
#include "stateline.h"

struct state {
	struct statefile *file; /* NULL: nothing is kept. While the errand is busy it is the thread's */
	struct errand *errand;
	const char *boot_id;
	size_t appended;    /* lines, since the file was written whole */
	bool wanted;	    /* it is to be written whole */
	bool torn;	    /* it lacks a line: so until then nothing is added */
	uint64_t not_until; /* ns since boot: not before */
	int told;	    /* what was complained about last; 0: nothing */
	uint64_t ended;	    /* ns since boot: when the run did whose list was read; 0: it did not say */
};

/* path (NULL: keep nothing) and boot_id are read as long as state lives. Returns 0 or -ENOMEM. */
int state_init(struct state *state, const char *path, const char *boot_id);
/* Writes what is still to be written, and that the run ended now (ns since boot; 0: not that), and closes. */
void state_close(struct state *state, const struct module_set *set, uint64_t now);

/*
 * Reads what the last run of this boot left into set, which is empty. Makes the folder where it is missing. Returns 0,
 * -ESTALE where the list is another boot's, -ENOENT where there is none or none that can be used (which has been
 * explained), or -ENOMEM; set is then still empty.
 */
int state_load(struct state *state, struct module_set *set);

/* Adds a line: that the module is in the set, or not any more. What cannot be written is left to state_tend(). */
void state_note(struct state *state, const struct named_module *module);
void state_note_gone(struct state *state, const char *name);

/* The whole set is to be written. */
void state_want(struct state *state);
/* The file is gone or another's: then the same. */
void state_look(struct state *state);
/* Writes the set where that is wanted and due. What fails is explained once, and tried again. */
void state_tend(struct state *state, const struct module_set *set, uint64_t now);
/* In how many ms state_tend() has something to do; -1: never. */
int state_due_ms(const struct state *state, uint64_t now);

#endif
