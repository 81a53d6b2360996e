/* SPDX-License-Identifier: BSD-2-Clause */
/* The modules that should be loaded by what was shown, and the list of them on disk. */
#ifndef KMODWATCH_EXPECTED_H
#define KMODWATCH_EXPECTED_H

#include "../calls/fact.h"
#include "../output/event.h"
#include "state.h"

struct expected {
	const char *sys_module; /* the folder */
	struct state state;
	struct loaded set;     /* time: of the fact that it is from, ns since boot; mark: MODULE_SETTLED ... */
	struct loaded touched; /* of these an event came since somebody cleared it */
	bool adopted;	       /* the set was the truth at some time: without that nothing can be missed */
};

/* Returns 0 or -ENOMEM. */
int expected_note(struct expected *expected, const struct fact *fact);

/* Takes what was read as it is, but for what events were about: module_present has shown it. Returns 0 or -ENOMEM. */
int expected_adopt(struct expected *expected, const struct loaded *read);

/* instance: 0 leaves it as it is. Returns 0 or -ENOMEM. */
int expected_put(struct expected *expected, const char *name, uint64_t instance, int mark, uint64_t time);
void expected_take_out(struct expected *expected, const char *name);

/* The module's name as a string in name; NULL where it is none that a module can have. */
const char *expected_name(const struct module_part *module, char name[static MODULE_NAME_MAX + 1]);

#endif
