/* SPDX-License-Identifier: BSD-2-Clause */
/* --diagnose: what this kernel offers, and what would be seen and lost here: the text to paste into a bug report. */
#ifndef KMODWATCH_DIAGNOSIS_H
#define KMODWATCH_DIAGNOSIS_H

#include "../options.h"

/*
 * Prints it to stdout. Nothing is attached; who may load programs has them loaded for a moment. Returns EXIT_ENDED
 * where the monitor can start, else EXIT_NO_START.
 */
int diagnose(const struct options *options);

#endif
