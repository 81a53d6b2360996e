/* SPDX-License-Identifier: BSD-2-Clause */
/* The file vmlinux/differences. */
#ifndef KMODWATCH_LISTING_H
#define KMODWATCH_LISTING_H

#include "findings.h"

void listing_read(const char *path);
bool listing_has(const struct item *item, int k, enum difference difference);
bool listing_has_config(const char *name);
void listing_check(void);

#endif
