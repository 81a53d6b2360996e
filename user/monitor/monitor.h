/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KMODWATCH_MONITOR_H
#define KMODWATCH_MONITOR_H

#include "../options.h"

/*
 * Watches, and writes events to stdout, until *stopping (a signal number, set by a handler without SA_RESTART) or an
 * error. Returns the process's exit code; every error has been explained.
 */
int monitor_run(const struct options *options, const volatile int *stopping);

/* Takes out what earlier monitors pinned. Returns the exit code. */
int monitor_unpin(const struct options *options);

#endif
