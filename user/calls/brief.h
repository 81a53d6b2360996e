/* SPDX-License-Identifier: BSD-2-Clause */
/* A record of which only the kernel's few words are left: all workspaces were taken. */
#ifndef KMODWATCH_BRIEF_H
#define KMODWATCH_BRIEF_H

#include "record.h"

/*
 * The record that the brief one stands for, with all unknown that it does not say. bytes: RECORD_FIXED of them, 8-byte
 * aligned. Returns 0, or -EBADMSG where it stands for none that can be told so.
 */
int brief_expand(const struct brief_record *brief, void *bytes);

#endif
