/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said to the person at the terminal: on stderr, one sentence a line, so that stdout stays events only. */
#ifndef KMODWATCH_LOG_H
#define KMODWATCH_LOG_H

#include <stdbool.h>
#include <stdio.h>

/* Whether log_detail() says anything (-v). */
void log_set_verbose(bool verbose);
bool log_is_verbose(void);

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes out what stdio holds of stdout. Returns 0, or -EIO after having said why not all of it got there. */
int log_flushed(FILE *out);

void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
