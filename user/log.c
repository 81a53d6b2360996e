// SPDX-License-Identifier: BSD-2-Clause
#include "log.h"
#include "cleanup.h"
#include "output/format.h"
#include "output/outlet.h"
#include "output/text.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_SIZE = 2048, WHOLE_SIZE = PIPE_BUF };

static bool verbose_wanted, waits = true;

void log_set_verbose(bool verbose)
{
	verbose_wanted = verbose;
}

bool log_is_verbose(void)
{
	return verbose_wanted;
}

void log_never_wait(bool never)
{
	waits = !never;
}

/* Whether all of it was taken. */
static bool put_waiting(const char *line, size_t size)
{
	while (size) {
		ssize_t n = write(STDERR_FILENO, line, size);

		if (n <= 0) /* EINTR too: somebody wants to end */
			return false;
		line += n;
		size -= (size_t)n;
	}
	return true;
}

/* The same, as far as there is room now. A line that was cut is ended before the next. */
static bool put_now(const char *line, size_t size)
{
	static bool cut;
	struct outlet outlet;
	ssize_t n = 0;

	outlet_open(&outlet, STDERR_FILENO);
	if (cut && outlet_put(&outlet, "\n", 1, 0) == 1)
		cut = false;
	if (!cut)
		n = outlet_put(&outlet, line, size, 0);
	outlet_close(&outlet);
	cut |= n > 0 && (size_t)n < size;
	return n == (ssize_t)size;
}

static bool put(const char *bytes, size_t size)
{
	return waits ? put_waiting(bytes, size) : put_now(bytes, size);
}

/* Where it is not written, the next that is says so. errno is the caller's, who may still want to return it. */
static void put_or_count(const char *bytes, size_t size)
{
	static unsigned long long unwritten;
	char before[128];
	int kept = errno;
	int length = snprintf(before, sizeof(before),
			      "kmodwatch: messages are missing before this one, since stderr did not take them: %llu\n",
			      unwritten);

	if (unwritten && put(before, (size_t)length))
		unwritten = 0;
	if (unwritten || !put(bytes, size))
		unwritten++;
	errno = kept;
}

/*
 * Names that others chose may stand in it. One write for the whole line, and no more than a pipe takes as a whole, so
 * that lines of two processes do not mix.
 */
static void say(const char *format, va_list args)
{
	static const char before[] = "kmodwatch: ";
	char line[LINE_SIZE], visible[WHOLE_SIZE - sizeof(before) - 1], whole[WHOLE_SIZE];
	int size;

	vsnprintf(line, sizeof(line), format, args);
	text_make_visible(line, strlen(line), locale_is_utf8(), visible, sizeof(visible));
	size = snprintf(whole, sizeof(whole), "%s%s\n", before, visible);
	put_or_count(whole, (size_t)size);
}

void log_verbatim(const char *format, va_list args)
{
	_cleanup_(freep) char *text = NULL;
	int size;

	if (!verbose_wanted)
		return;
	size = vasprintf(&text, format, args);
	if (size >= 0)
		put_or_count(text, (size_t)size);
	else
		text = NULL;
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
