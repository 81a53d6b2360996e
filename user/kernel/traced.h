/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel functions that something is attached to, as tracefs lists them. */
#ifndef KMODWATCH_TRACED_H
#define KMODWATCH_TRACED_H

#include <stdbool.h>
#include <stdio.h>

struct traced;

/* NULL: the list cannot be read (no tracefs, no permission). traced_freep() frees it. */
struct traced *traced_read(void);
/* The same of a list that is open: the caller's still. */
struct traced *traced_of(FILE *list);
void traced_freep(struct traced **traced);

bool traced_has(const struct traced *traced, const char *function);

#endif
