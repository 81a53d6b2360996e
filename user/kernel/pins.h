/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pin folder: what stays in the kernel when the monitor ends. Below it
 *
 *   current/maps/NAME                            the maps
 *   current/generation-NUMBER-DIGEST/NAME        the links of the programs that work, as control's generation says
 *   current/generation-NUMBER-DIGEST/NAME-program
 *   next/                                        what is being made to replace current
 *   lock/                                        held by who reads
 *
 * so that whatever moment a kill comes at, what is there is told from what was going to be. bpffs takes no dots.
 */
#ifndef KMODWATCH_PINS_H
#define KMODWATCH_PINS_H

#include "pin_folder.h"
#include "probe.h"

/* Whether an earlier monitor has left anything. What it was cut off in putting in its place, is put there first. */
bool pins_any(const struct pins *pins);

/* One map alone, for the caller to close; or a negative errno. */
int pins_get_map(const struct pins *pins, enum map map);
/*
 * Opens the maps into side, as many as there are. Returns 0, or the negative errno of the first that could not be had
 * (-ENOENT: it is not there).
 */
int pins_get_maps(const struct pins *pins, struct kernel_side *side);

/*
 * Opens the links that were pinned for side's generation by the object of this digest, and their programs, where they
 * are. A link without its own program counts as a link only: the program is then -1.
 */
void pins_get_probes(const struct pins *pins, struct kernel_side *side, const char *digest);
/* Whether a link of that name is pinned for the generation, by whatever object. */
bool pins_have_link(const struct pins *pins, uint32_t generation, const char *name);

/* Whether the link, the program, the map is where it was pinned: 0, -ENOENT, or -ESTALE where something else is. */
int pins_check_link(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i);
int pins_check_program(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i);
int pins_check_map(const struct pins *pins, const struct kernel_side *side, size_t i);

/* Pins the maps, as next. Returns 0 or a negative errno. */
int pins_put_maps(const struct pins *pins, const struct kernel_side *side);
/* Pins one of current's, replacing what is there. Returns 0 or a negative errno. */
int pins_put_map(const struct pins *pins, const struct kernel_side *side, size_t i);
/* Pins a probe's link and program, replacing what is there. fresh: in next. Returns 0 or a negative errno. */
int pins_put_probe(const struct pins *pins, const struct kernel_side *side, const char *digest, size_t i, bool fresh);

/* Lets next take current's place, with all that current held. Returns 0 or a negative errno. */
int pins_replace(const struct pins *pins);
/* Removes the generations of current that are not this one. */
void pins_forget_others(const struct pins *pins, uint32_t generation, const char *digest);
#endif
