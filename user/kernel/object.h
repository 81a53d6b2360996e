/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF object: its programs and maps, brought into the kernel. */
#ifndef KMODWATCH_OBJECT_H
#define KMODWATCH_OBJECT_H

#include "probe.h"

struct btf;
struct options;

/* Names the object: another build's has another digest. */
enum { DIGEST_SIZE = 17 };
void object_digest(char digest[static DIGEST_SIZE]);

/* Says of each probe what its program's section says. Returns 0 or a negative errno. */
int object_describe(struct kernel_side *side);

/* Gives a probe without a link, that a kernel of such types cannot have, its reason; the others have none. */
void object_judge(struct kernel_side *side, const struct btf *btf);

/* Whether side's maps are of the kind that the object's programs use. The rings may have any size. */
bool object_fits(const struct kernel_side *side);

/*
 * Loads the programs of the probes that have no link, working on side's maps and making those that it has not. A probe
 * that this kernel cannot have gets its reason. Returns 0, or a negative errno after having logged why.
 */
int object_load(struct kernel_side *side, const struct options *options);
/* Only the program that takes orders, for side's generation and control. Returns 0 or a negative errno. */
int object_load_order(struct kernel_side *side, const struct options *options);

#endif
