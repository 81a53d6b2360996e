/* SPDX-License-Identifier: BSD-2-Clause */
/* What the user side tells the programs: the one entry of a map. */
#ifndef KMODWATCH_CONTROL_H
#define KMODWATCH_CONTROL_H

#include "../../bpf/records.h"

/* Of the map behind fd, which is of this layout. Both return 0 or a negative errno. */
int control_read(int fd, struct control *control);
int control_write(int fd, const struct control *control);

/*
 * The same of a map that may be another version's, and so of another size: what it has not is 0. layout and generation
 * have been where they are in all. Returns 0, -EINVAL where it can be no version's, or another negative errno.
 */
int control_peek(int fd, struct control *control);

#endif
