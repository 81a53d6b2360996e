// SPDX-License-Identifier: BSD-2-Clause
/* The lines of the list on disk. Read strictly: what is not just so is no list of ours. */
#include "stateline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789ABCDEF";

size_t state_line(const struct named_module *module, char *line)
{
	char *at = line;

	if (module->mark < 0)
		at += sprintf(at, "- ");
	else
		at += sprintf(at, "%c %llu ", module->mark == MODULE_UNSETTLED ? '?' : '+',
			      (unsigned long long)module->instance);
	for (const char *byte = module->name; *byte; byte++) {
		if (*byte > ' ' && *byte <= '~' && *byte != '%') {
			*at++ = *byte;
		} else {
			*at++ = '%';
			*at++ = digits[(unsigned char)*byte >> 4];
			*at++ = digits[*byte & 15];
		}
	}
	*at++ = '\n';
	return at - line;
}

size_t state_end_line(uint64_t ended, char *line)
{
	return sprintf(line, ". %llu\n", (unsigned long long)ended);
}

/* The byte of two digits; -1: they are none. */
static int read_hex(const char *two)
{
	const char *high = *two ? strchr(digits, two[0]) : NULL;
	const char *low = high && two[1] ? strchr(digits, two[1]) : NULL;

	return low ? (int)((high - digits) << 4 | (low - digits)) : -1;
}

static int read_name(const char *word, char name[static MODULE_NAME_MAX + 1])
{
	size_t size = 0;

	for (; *word; word++) {
		int byte = (unsigned char)*word;

		if (byte == '%') {
			byte = read_hex(word + 1);
			word += 2;
		} else if (byte <= ' ' || byte > '~') {
			return -EBADMSG;
		}
		if (byte <= 0 || size == MODULE_NAME_MAX)
			return -EBADMSG;
		name[size++] = (char)byte;
	}
	name[size] = '\0';
	return size ? 0 : -EBADMSG;
}

/* A number; *word then stands behind it. */
static int read_number(const char **word, uint64_t *number)
{
	char *end;

	if (**word < '0' || **word > '9')
		return -EBADMSG;
	errno = 0;
	*number = strtoull(*word, &end, 10);
	*word = end;
	return errno ? -EBADMSG : 0;
}

/* A number and the space behind it; *word then stands behind both. */
static int read_instance(const char **word, uint64_t *instance)
{
	int err = read_number(word, instance);

	if (err || **word != ' ')
		return -EBADMSG;
	++*word;
	return 0;
}

static int read_end(const char *line, uint64_t *ended)
{
	return read_number(&line, ended) || *line ? -EBADMSG : 0;
}

static int read_change(const char *line, struct module_set *set)
{
	char name[MODULE_NAME_MAX + 1], kind = line[0];
	struct named_module *module;
	uint64_t instance = 0;
	int err;

	if ((kind != '+' && kind != '?' && kind != '-') || line[1] != ' ')
		return -EBADMSG;
	line += 2;
	err = kind == '-' ? 0 : read_instance(&line, &instance);
	if (!err)
		err = read_name(line, name);
	if (err)
		return err;
	if (kind == '-') {
		module_set_remove(set, name);
		return 0;
	}
	module = module_set_get(set, name);
	if (!module)
		return -ENOMEM;
	module->instance = instance;
	module->mark = kind == '?' ? MODULE_UNSETTLED : MODULE_SETTLED;
	return set->count > STATE_MODULES_MAX ? -E2BIG : 0;
}

/* The next line without its end. Returns 1, 0 at the end of the file or for a cut line there, or a negative errno. */
static int next_line(FILE *f, char line[static STATE_LINE_SIZE])
{
	size_t size;

	if (!fgets(line, STATE_LINE_SIZE, f))
		return ferror(f) ? -EIO : 0;
	size = strlen(line);
	if (!size || line[size - 1] != '\n')
		return feof(f) ? 0 : -EBADMSG;
	line[size - 1] = '\0';
	return 1;
}

/* A line that must be there, and be this word followed by rest. Returns 0, -EBADMSG, -ESTALE for another rest. */
static int expect(FILE *f, const char *word, const char *rest)
{
	char line[STATE_LINE_SIZE];
	int got = next_line(f, line);

	if (got <= 0)
		return got ? got : -EBADMSG;
	if (strncmp(line, word, strlen(word)))
		return -EBADMSG;
	return strcmp(line + strlen(word), rest) ? -ESTALE : 0;
}

int state_parse(FILE *f, const char *boot_id, struct module_set *set, uint64_t *ended)
{
	struct module_set read = { 0 };
	char line[STATE_LINE_SIZE];
	uint64_t end = 0;
	int err = expect(f, STATE_HEAD, "1"), got = 0;

	if (err)
		return err == -ESTALE ? -EBADMSG : err;
	err = expect(f, "boot_id ", boot_id);
	while (!err && (got = next_line(f, line)) > 0) {
		bool ends = !strncmp(line, ". ", 2);

		if (!ends)
			end = 0;
		err = ends ? read_end(line + 2, &end) : read_change(line, &read);
	}
	if (!err && got < 0)
		err = got;
	if (err) {
		module_set_clear(&read);
		return err;
	}
	*set = read;
	*ended = end;
	return 0;
}

static int take_line(void *ctx, struct named_module *module)
{
	char line[STATE_LINE_SIZE];
	size_t size = state_line(module, line);

	return fwrite(line, 1, size, ctx) == size ? 0 : -EIO;
}

int state_render(const char *boot_id, const struct module_set *set, char **bytes, size_t *size)
{
	FILE *f = open_memstream(bytes, size);
	int err;

	if (!f)
		return -ENOMEM;
	fprintf(f, STATE_HEAD "1\nboot_id %s\n", boot_id);
	err = module_set_walk(set, take_line, f);
	if (!fclose(f) && !err)
		return 0;
	free(*bytes);
	*bytes = NULL;
	return -ENOMEM;
}
