/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user side tells the programs: the one entry of a map, which a program of ours writes (bpf/order.bpf.c). */
#ifndef KMODWATCH_CONTROL_H
#define KMODWATCH_CONTROL_H

#include "../../bpf/map_values.h"

#include <stdint.h>

/* Of the map behind fd, which is of this layout. Returns 0 or a negative errno. */
int control_read(int fd, struct control *control);

/*
 * Has the program that takes orders write. Returns 0, -EPERM where it refuses (this process is not the reader, or a
 * later generation works), or another negative errno.
 */
int control_order(int program, enum order order, uint64_t a, uint64_t b);

/*
 * What is in a map that may be another version's, and so of another size: what it has not is 0. layout and generation
 * have been where they are in all. Returns 0, -EINVAL where it can be no version's, or another negative errno.
 */
int control_peek(int fd, struct control *control);

#endif
