// SPDX-License-Identifier: BSD-2-Clause
/*
 * augenrules is a shell script: `ls -1v` for the order, cat to join, awk to move the last bare -D, -b, -f to the top
 * and the last -e to the bottom. What that does to odd files is done here as well: a file without a newline at its end
 * is continued by the next file's first line, and what \s means to awk depends on the awk (mawk takes it for an s).
 */
#include "rulesd.h"
#include "../cleanup.h"
#include "root.h"
#include "words.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* --- the order of names --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where the name's endings begin: each a dot and a letter (or ~), then letters and digits. */
static size_t stem_size(const char *name)
{
	size_t size = strlen(name), stem = size;

	for (size_t i = size; i-- > 0;) {
		if (name[i] == '.') {
			if (i == 0 || !(isalpha((unsigned char)name[i + 1]) || name[i + 1] == '~'))
				break;
			stem = i;
		} else if (!isalnum((unsigned char)name[i]) && name[i] != '~') {
			break;
		}
	}
	return stem;
}

/* ~ before the end, the end before letters, letters before the rest; digits count as the end. */
static int weight(const char *text, size_t size, size_t at)
{
	unsigned char c = at < size ? (unsigned char)text[at] : 0;

	if (at >= size)
		return -1;
	if (is_digit((char)c))
		return 0;
	if (c == '~')
		return -2;
	return isalpha(c) ? c : c + 256;
}

static int compare_parts(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t i = 0, j = 0;

	while (i < a_size || j < b_size) {
		int first = 0;

		while ((i < a_size && !is_digit(a[i])) || (j < b_size && !is_digit(b[j]))) {
			int left = weight(a, a_size, i), right = weight(b, b_size, j);

			if (left != right)
				return left - right;
			i++;
			j++;
		}
		while (i < a_size && a[i] == '0')
			i++;
		while (j < b_size && b[j] == '0')
			j++;
		while (i < a_size && j < b_size && is_digit(a[i]) && is_digit(b[j])) {
			if (!first)
				first = a[i] - b[j];
			i++;
			j++;
		}
		if (i < a_size && is_digit(a[i]))
			return 1;
		if (j < b_size && is_digit(b[j]))
			return -1;
		if (first)
			return first;
	}
	return 0;
}

int rulesd_compare_names(const char *a, const char *b)
{
	size_t a_stem = stem_size(a), b_stem = stem_size(b);
	int order;

	if (a_stem == b_stem && strncmp(a, b, a_stem) == 0) {
		a_stem = strlen(a);
		b_stem = strlen(b);
	}
	order = compare_parts(a, a_stem, b, b_stem);
	return order ? order : strcmp(a, b);
}

static int compare_entries(const struct dirent **a, const struct dirent **b)
{
	return rulesd_compare_names((*a)->d_name, (*b)->d_name);
}

/* ls shows no hidden files, and the script's loop parts names at white space. */
static int wanted(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return entry->d_name[0] != '.' && size > 6 && strcmp(entry->d_name + size - 6, ".rules") == 0 &&
	       !strpbrk(entry->d_name, " \t\n");
}

/* --- the joined text --- */

struct part {
	const char *file;
	const char *bytes;
	size_t size;
};

static int read_parts(struct source *source, struct dirent **names, int count, struct part *parts, char **why)
{
	for (int i = 0; i < count; i++) {
		_cleanup_(freep) char *path = NULL;
		struct part *part = &parts[source->files];
		int err;

		if (asprintf(&path, "%s/%s", source->path, names[i]->d_name) < 0)
			return -ENOMEM;
		err = source_bytes(path, &source->arena, &part->bytes, &part->size, why);
		if (err == -EISDIR || err == -ENOENT || err == -EINVAL) { /* cat complains, and the script goes on */
			free(*why);
			*why = NULL;
			continue;
		}
		if (err)
			return err;
		part->file = arena_text(&source->arena, path, strlen(path));
		if (!part->file)
			return -ENOMEM;
		source->files++;
	}
	return 0;
}

/* The lines of all parts, one after the other. */
struct walk {
	const struct part *parts;
	size_t count, part, at;
	unsigned int number;
	struct arena *arena;
};

/* The next line; where a part ends without a newline, it goes on in the next part. -ENODATA at the end. */
static int walk_next(struct walk *walk, struct source_line *line)
{
	char *joined = NULL;
	size_t joined_size = 0;

	line->file = NULL;
	while (walk->part < walk->count) {
		const struct part *part = &walk->parts[walk->part];
		const char *start = part->bytes + walk->at;
		size_t left = part->size - walk->at;
		const char *end = left ? memchr(start, '\n', left) : NULL;
		size_t take = end ? (size_t)(end - start) : left;

		if (left && !line->file) {
			line->file = part->file;
			line->number = walk->number + 1;
		}
		if (joined || (left && !end && walk->part + 1 < walk->count)) {
			char *more = arena_alloc(walk->arena, joined_size + take + 1);

			if (!more)
				return -ENOMEM;
			if (joined)
				memcpy(more, joined, joined_size);
			memcpy(more + joined_size, start, take);
			joined = more;
			joined_size += take;
		}
		line->text = joined ? joined : start;
		line->size = joined ? joined_size : take;
		if (end) {
			walk->at += take + 1;
			walk->number++;
			return 0;
		}
		walk->part++;
		walk->at = 0;
		walk->number = 0;
	}
	return line->file ? 0 : -ENODATA;
}

/* --- what awk does with them --- */

struct sorter {
	bool mawk;
	struct source_line last[4]; /* -D, -b, -f, -e */
	struct source *source;
};

/* After what `^\s*` takes in. */
static const char *skip(const struct sorter *sorter, const struct source_line *line)
{
	const char *at = line->text, *end = line->text + line->size;

	while (at < end && (sorter->mawk ? *at == 's' : isspace((unsigned char)*at)))
		at++;
	return at;
}

static bool starts(const struct source_line *line, const char *at, const char *what)
{
	return line->text + line->size - at >= (ptrdiff_t)strlen(what) && memcmp(at, what, strlen(what)) == 0;
}

static bool is_bare_delete(const struct sorter *sorter, const struct source_line *line, const char *at)
{
	struct source_line rest;

	if (!starts(line, at, "-D"))
		return false;
	rest = (struct source_line) { .text = at + 2, .size = (size_t)(line->text + line->size - at) - 2 };
	return skip(sorter, &rest) == rest.text + rest.size;
}

/* auditctl reads a long line in pieces, and each line only up to a NUL. */
static int add_line(struct source *source, const struct source_line *line)
{
	struct lines pieces = { .bytes = line->text, .size = line->size };
	struct source_line piece = *line;
	int err = 0;

	while (!err && lines_next(&pieces, &piece.text, &piece.size))
		err = source_add(source, &piece);
	return err;
}

static int sort_line(struct sorter *sorter, const struct source_line *line)
{
	const char *at = skip(sorter, line);

	if (line->size == 0 || starts(line, at, "#"))
		return 0;
	if (starts(line, at, "-e"))
		sorter->last[3] = *line;
	else if (is_bare_delete(sorter, line, at))
		sorter->last[0] = *line;
	else if (starts(line, at, "-f"))
		sorter->last[2] = *line;
	else if (starts(line, at, "-b"))
		sorter->last[1] = *line;
	else
		return add_line(sorter->source, line);
	return 0;
}

/* Debian's awk is mawk unless another is installed. */
static bool awk_is_mawk(void)
{
	char path[PATH_MAX];

	return root_real("/usr/bin/awk", path) && strstr(path, "mawk");
}

static int sort_lines(struct source *source, const struct part *parts)
{
	struct walk walk = { .parts = parts, .count = source->files, .arena = &source->arena };
	struct sorter sorter = { .mawk = awk_is_mawk(), .source = source };
	struct source middle = { 0 }, top = { 0 };
	struct source_line line;
	int err;

	sorter.source = &middle;
	while ((err = walk_next(&walk, &line)) == 0 && (err = sort_line(&sorter, &line)) == 0)
		;
	if (err == -ENODATA)
		err = 0;
	for (size_t i = 0; !err && i < 3; i++)
		err = add_line(&top, &sorter.last[i]);
	for (size_t i = 0; !err && i < middle.count; i++)
		err = source_add(&top, &middle.lines[i]);
	if (!err)
		err = add_line(&top, &sorter.last[3]);
	free(middle.lines);
	source->lines = top.lines;
	source->count = top.count;
	source->room = top.room;
	return err;
}

static int join(struct source *source, char **why)
{
	struct dirent **names = NULL;
	int count = root_scandir(source->path, &names, wanted, compare_entries);
	struct part *parts;
	int err;

	if (count < 0)
		return source_fail(-errno, why, "%s cannot be read: %s", source->path, strerror(errno));
	parts = arena_alloc(&source->arena, ((size_t)count + 1) * sizeof(*parts));
	err = parts ? read_parts(source, names, count, parts, why) : -ENOMEM;
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return err ? err : sort_lines(source, parts);
}

int rules_read(const char *path, struct source *out, char **why)
{
	struct source source = { .path = path };
	struct stat status;
	int err;

	*why = NULL;
	if (root_stat(path, &status))
		return source_fail(-errno, why, "%s cannot be read: %s", path, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return source_read_file(path, out, why);
	err = join(&source, why);
	if (err)
		source_free(&source);
	else
		*out = source;
	return err;
}
