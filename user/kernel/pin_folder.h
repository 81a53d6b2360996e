/* SPDX-License-Identifier: BSD-2-Clause */
/* The pin folder as a folder: whose it is, who holds it, and the names in it. */
#ifndef KMODWATCH_PIN_FOLDER_H
#define KMODWATCH_PIN_FOLDER_H

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

struct pins {
	char folder[PATH_MAX - 512]; /* what is below is never longer than the rest */
	int folder_fd;		     /* the folder, opened */
	int lock;		     /* a folder in it that only its owner can open, locked */
};

static inline void closedirp(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

/* The path of a, a/b or a/b/c (NULL: no such part) below the folder. */
void pin_path(const struct pins *pins, char path[static PATH_MAX], const char *a, const char *b, const char *c);
/* Only the last folder, for its owner; it may be there. Returns 0 or a negative errno. */
int pin_make_folder(const char *path);
/* With all that is below; it need not be there. Returns 0 or a negative errno. */
int pin_remove_tree(const char *path);

/*
 * Opens the folder (made where it is missing) for this process alone. Refuses a link, what is not on a bpffs, not ours
 * or writable by others, one that others could replace, and a folder that another process holds. *out: pins_freep().
 * Returns 0, or a negative errno after having logged why.
 */
int pins_open(const char *folder, struct pins **out);
void pins_freep(struct pins **pins);

/* Whether the folder could be used, whoever holds it: changes nothing. Returns 0, or a negative errno, logged. */
int pins_check(const char *folder);
/* Whether the process holds the folder. */
bool pins_are_held_by(const char *folder, unsigned int pid);
/*
 * After pins_open() has failed with err: whether that may pass by itself. The bpffs that is mounted at every boot may
 * have been covered or unmounted; elsewhere it is the option that is wrong.
 */
bool pins_may_be_had_later(const char *folder, int err);

/* Makes again what somebody removed of the folders. Returns 0 or a negative errno. */
int pins_restore(struct pins *pins);
/* Takes everything out, the folder too. Returns 0, or a negative errno after having logged why. */
int pins_remove(const char *folder);

#endif
