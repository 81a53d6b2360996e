// SPDX-License-Identifier: BSD-2-Clause
#include "source.h"
#include "../array.h"
#include "../cleanup.h"
#include "../trusted.h"
#include "root.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 256 << 20 };

int source_fail(int err, char **why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(why, format, args) < 0)
		*why = NULL;
	va_end(args);
	return err;
}

static int read_all(int fd, char *bytes, size_t size, size_t *got)
{
	*got = 0;
	while (*got < size) {
		ssize_t n = read(fd, bytes + *got, size - *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		*got += (size_t)n;
	}
	return 0;
}

/* path is what the file is called. */
static int bytes_of(int fd, const char *path, struct arena *arena, const char **bytes, size_t *size, char **why)
{
	struct stat status;
	char *read_bytes;
	size_t got;
	int err;

	if (fstat(fd, &status))
		return source_fail(-errno, why, "%s cannot be read: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return source_fail(S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL, why, "%s is %s, not a file of rules",
				   path, S_ISDIR(status.st_mode) ? "a folder" : "not a regular file");
	if (status.st_size > FILE_MAX_BYTES)
		return source_fail(-EFBIG, why, "%s is larger than 256 MiB: that is not a file of rules", path);
	read_bytes = arena_alloc(arena, (size_t)status.st_size + 1);
	if (!read_bytes)
		return -ENOMEM;
	err = read_all(fd, read_bytes, (size_t)status.st_size, &got);
	if (err)
		return source_fail(err, why, "%s cannot be read: %s", path, strerror(-err));
	*bytes = read_bytes;
	*size = got;
	return 0;
}

int source_bytes(const char *path, struct arena *arena, const char **bytes, size_t *size, char **why)
{
	/* a FIFO must not make the open wait */
	_cleanup_(closep) int fd = root_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return source_fail(-errno, why, "%s cannot be read: %s", path, strerror(errno));
	return bytes_of(fd, path, arena, bytes, size, why);
}

int source_add(struct source *source, const struct source_line *line)
{
	if (array_reserve(source->lines, source->room, source->count + 1))
		return -ENOMEM;
	source->lines[source->count++] = *line;
	return 0;
}

static int add_lines(struct source *source, struct lines lines)
{
	struct source_line line = { .file = source->path };
	int err = 0;

	source->files = 1;
	while (!err && lines_next(&lines, &line.text, &line.size)) {
		line.number = lines.number;
		err = source_add(source, &line);
	}
	return err;
}

int source_read_file(const char *path, struct source *out, char **why)
{
	struct source source = { .path = path };
	struct lines lines = { 0 };
	int err = source_bytes(path, &source.arena, &lines.bytes, &lines.size, why);

	if (!err)
		err = add_lines(&source, lines);
	if (err)
		source_free(&source);
	else
		*out = source;
	return err;
}

int source_read_trusted(const char *path, struct source *out, char **why)
{
	struct source source = { .path = path };
	struct lines lines = { 0 };
	const char *reason = NULL;
	_cleanup_(closep) int fd = trusted_open(AT_FDCWD, path, &reason);
	int err;

	*why = NULL;
	if (fd < 0)
		return source_fail(fd, why, "profile %s cannot be read: %s", path, reason);
	err = bytes_of(fd, path, &source.arena, &lines.bytes, &lines.size, why);
	if (!err)
		err = add_lines(&source, lines);
	if (err)
		source_free(&source);
	else
		*out = source;
	return err;
}

void source_free(struct source *source)
{
	free(source->lines);
	arena_free(&source->arena);
	*source = (struct source) { 0 };
}
