// SPDX-License-Identifier: BSD-2-Clause
#include "log.h"
#include "output/format.h"
#include "output/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool verbose_wanted;

void log_set_verbose(bool verbose)
{
	verbose_wanted = verbose;
}

bool log_is_verbose(void)
{
	return verbose_wanted;
}

/*
 * Names that others chose may stand in it. One stdio call for the whole line, so that lines of two processes on one
 * terminal do not mix.
 */
static void say(const char *format, va_list args)
{
	char line[2048], visible[sizeof(line) * 4 + 2];

	vsnprintf(line, sizeof(line), format, args);
	text_make_visible(line, strlen(line), locale_is_utf8(), visible, sizeof(visible));
	fprintf(stderr, "kmodwatch: %s\n", visible);
}

int log_flushed(FILE *out)
{
	bool failed = ferror(out); /* an earlier write: errno is another's by now */

	errno = 0;
	if (!fflush(out) && !failed)
		return 0;
	log_line("the result could not be written to stdout: %s", strerror(errno ? errno : EIO));
	return -EIO;
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void log_detail(const char *format, ...)
{
	va_list args;

	if (!verbose_wanted)
		return;
	va_start(args, format);
	say(format, args);
	va_end(args);
}
