/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KMODWATCH_HELP_H
#define KMODWATCH_HELP_H

/* What --help shows. */
extern const char help_text[];

#endif
