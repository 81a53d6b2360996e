/* SPDX-License-Identifier: BSD-2-Clause */
/* act: does one bare act towards the kernel and prints its answer. See act.c for the list of acts. */
#ifndef ACT_H
#define ACT_H

#include <stddef.h>

/* One act: its words (argv[0] is its own name), and how many must follow. */
struct act {
	const char *name;
	const char *usage;
	int at_least;
	int (*run)(int argc, char **argv);
};

extern const struct act load_acts[];
extern const struct act compat_acts[];
extern const struct act become_acts[];
extern const struct act descend_acts[];
extern const struct act flood_acts[];
extern const struct act stuck_acts[];
extern const struct act maps_acts[];
extern const struct act touch_acts[];
extern const struct act terminal_acts[];
extern const struct act preempt_acts[];
extern const struct act field_acts[];

/* Runs the act that the words name: some acts change the process and then go on with another one. */
int dispatch(int argc, char **argv);

/* Prints "0", or "-1 EPERM" from errno. Always 0: the act was done, whatever the kernel said of it. */
int answer(long ret);

/* The act itself could not be set up: a fault of the test. Exits with 2. */
_Noreturn void die(const char *what);

struct bytes {
	void *data;
	size_t size;
};

/* A whole file in memory, below 4 GiB, so that 32-bit system calls can point to it. */
struct bytes read_file(const char *path);
/* Text from hex digits, with a NUL behind it. */
struct bytes from_hex(const char *hex);
/* A copy below 4 GiB. */
struct bytes low_copy(const void *data, size_t size);

int open_file(const char *path);

/* finit_module, init_module or delete_module (0 to 2) that is refused, by the 32-bit entry where this program has one.
 */
void compat_refused(int which);

#endif
