// SPDX-License-Identifier: BSD-2-Clause
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static bool verbose_wanted;

void log_set_verbose(bool verbose)
{
	verbose_wanted = verbose;
}

bool log_is_verbose(void)
{
	return verbose_wanted;
}

/* One stdio call for the whole line, so that lines of two processes on one terminal do not mix. */
static void say(const char *format, va_list args)
{
	char line[2048];

	vsnprintf(line, sizeof(line), format, args);
	fprintf(stderr, "kmodwatch: %s\n", line);
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
