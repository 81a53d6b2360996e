/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said to the person at the terminal: on stderr, one sentence a line, so that stdout stays events only. */
#ifndef KMODWATCH_LOG_H
#define KMODWATCH_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* Whether log_detail() says anything (-v). */
void log_set_verbose(bool verbose);
bool log_is_verbose(void);

/*
 * For who has more to do than to wait for a reader: what stderr does not take at once is left out and counted, and the
 * next message that gets through says how many were. Else log_line() waits, as any command does.
 */
void log_never_wait(bool never);

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes out what stdio holds of stdout. Returns 0, or -EIO after having said why not all of it got there. */
int log_flushed(FILE *out);

void log_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what is not ours and has lines of its own, as a verifier's log: as it stands. */
void log_verbatim(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

#endif
