// SPDX-License-Identifier: BSD-2-Clause
#include "inventory.h"
#include "../cleanup.h"
#include "taints.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { VALUE_SIZE = 256 };

/* FOLDER/NAME/KEY. A slash in a module's name is a `!` in sysfs (kobject_set_name_vargs()). */
static void sysfs_path(const char *folder, const char *name, const char *key, char *path, size_t size)
{
	size_t at = snprintf(path, size, "%s/", folder), end;

	snprintf(path + at, size - at, "%s%s", name, key);
	end = at + strlen(name) < size ? at + strlen(name) : size;
	for (size_t i = at; i < end; i++)
		if (path[i] == '/')
			path[i] = '!';
}

/* /sys/module/NAME/KEY: absent where it is not there or "", as in the kernel. */
static struct text read_attribute(const char *folder, const char *name, const char *key, char value[static VALUE_SIZE])
{
	_cleanup_(fclosep) FILE *f = NULL;
	struct text text;
	char path[512];

	if (!folder)
		return (struct text) { 0 };
	sysfs_path(folder, name, key, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? (struct text) { 0 } : TEXT_UNKNOWN;
	errno = 0;
	if (!fgets(value, VALUE_SIZE, f))
		return errno ? TEXT_UNKNOWN : (struct text) { 0 };
	text = text_of(value);
	if (value[text.size - 1] == '\n')
		value[--text.size] = '\0';
	else
		text.truncated = !feof(f);
	return text.size ? text : (struct text) { 0 };
}

static struct text state_of(const char *word)
{
	if (!strcmp(word, "Live"))
		return text_of("live");
	if (!strcmp(word, "Loading"))
		return text_of("coming");
	if (!strcmp(word, "Unloading"))
		return text_of("going");
	return TEXT_UNKNOWN;
}

/* Cuts the last word off the line, and the space before it. NULL: there is none. */
static char *last_word(char *line)
{
	char *space = strrchr(line, ' ');

	if (!space)
		return NULL;
	*space = '\0';
	return space + 1;
}

/* The letters of " (OE)" at the end of the line, which goes; "" where there are none. */
static const char *take_taints(char *line)
{
	size_t size = strlen(line);
	char *paren;

	if (size < 2 || line[size - 1] != ')')
		return "";
	paren = last_word(line);
	if (!paren || *paren != '(')
		return "";
	paren[strcspn(paren, "+-)")] = '\0'; /* a `+` or `-` is the state again */
	return paren + 1;
}

/*
 * "name size refcount users state address (taints)". Read from the right: a module's name can hold anything, a space
 * too, and what stands behind it is always of the same form.
 */
static int take_line(char *line, const char *folder, module_fn take, void *ctx)
{
	enum { ADDRESS, STATE, USERS, REFCOUNT, SIZE, WORDS };
	char version[VALUE_SIZE], srcversion[VALUE_SIZE];
	struct module_part module = { .known = KNOWN };
	char *words[WORDS], *end;
	struct taints taints;

	line[strcspn(line, "\n")] = '\0';
	taints_of_letters(take_taints(line), &taints);
	taints_show(&taints, &module);
	/* since 2.6.27 there may be a space at the end of the line */
	for (size_t size = strlen(line); size && line[size - 1] == ' '; size--)
		line[size - 1] = '\0';
	for (int i = 0; i < WORDS; i++) {
		words[i] = last_word(line);
		if (!words[i])
			return -EBADMSG;
	}
	errno = 0;
	module.size = number_of(strtoull(words[SIZE], &end, 10));
	if (*end || errno || words[SIZE][0] < '0' || words[SIZE][0] > '9')
		return -EBADMSG;
	module.name = text_of(line);
	module.state = state_of(words[STATE]);
	module.version = read_attribute(folder, line, "/version", version);
	module.srcversion = read_attribute(folder, line, "/srcversion", srcversion);
	return take(ctx, &module);
}

int inventory_walk(FILE *proc_modules, const char *folder, module_fn take, void *ctx)
{
	_cleanup_(freep) char *line = NULL;
	size_t room = 0;
	int err = 0;

	while (!err && getline(&line, &room, proc_modules) > 0)
		err = take_line(line, folder, take, ctx);
	return err;
}

int inventory_instance(const char *folder, const char *name, uint64_t *instance)
{
	char path[512];
	struct stat st;

	sysfs_path(folder, name, "", path, sizeof(path));
	if (!stat(path, &st)) {
		*instance = st.st_ino;
		return 0;
	}
	if (errno != ENOENT)
		return -errno;
	return stat(folder, &st) ? -errno : -ESRCH;
}
