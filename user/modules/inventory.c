// SPDX-License-Identifier: BSD-2-Clause
#include "inventory.h"
#include "../cleanup.h"
#include "../calls/taints.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
	const char *end;
	size_t size;

	if (!folder)
		return (struct text) { 0 };
	sysfs_path(folder, name, key, path, sizeof(path));
	f = fopen(path, "re");
	if (!f)
		return errno == ENOENT ? (struct text) { 0 } : TEXT_UNKNOWN;
	size = fread(value, 1, VALUE_SIZE, f);
	if (ferror(f))
		return TEXT_UNKNOWN;
	end = memchr(value, '\n', size);
	text = (struct text) { .known = KNOWN, .bytes = value, .size = end ? (size_t)(end - value) : size };
	text.truncated = !end && size == VALUE_SIZE;
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
static int parse_line(char *line, struct taints *taints, struct module_part *module)
{
	enum { ADDRESS, STATE, USERS, REFCOUNT, SIZE, WORDS };
	char *words[WORDS], *end;

	taints_of_letters(take_taints(line), taints);
	taints_show(taints, module);
	/* since 2.6.27 there may be a space at the end of the line */
	for (size_t size = strlen(line); size && line[size - 1] == ' '; size--)
		line[size - 1] = '\0';
	for (int i = 0; i < WORDS; i++) {
		words[i] = last_word(line);
		if (!words[i])
			return -EBADMSG;
	}
	errno = 0;
	module->size = number_of(strtoull(words[SIZE], &end, 10));
	if (*end || errno || words[SIZE][0] < '0' || words[SIZE][0] > '9')
		return -EBADMSG;
	if (strlen(line) > MODULE_NAME_MAX)
		return -EBADMSG;
	module->name = text_of(line);
	module->state = state_of(words[STATE]);
	return 0;
}

struct walk {
	const char *folder;
	const struct module_set *breaks;
	module_fn take;
	void *ctx;
};

/*
 * Takes the line at *text, whose name has name_size bytes (0: as many as there are before the rest). *text then stands
 * behind it. Returns as the walk does; on -EBADMSG *text is where it was.
 */
static int take_line(const struct walk *walk, const char **text, size_t name_size)
{
	const char *end = strchrnul(*text + name_size, '\n');
	_cleanup_(freep) char *line = strndup(*text, end - *text);
	char version[VALUE_SIZE], srcversion[VALUE_SIZE];
	struct module_part module = { .known = KNOWN };
	struct taints taints;

	if (!line)
		return -ENOMEM;
	if (parse_line(line, &taints, &module) || (name_size && module.name.size != name_size))
		return -EBADMSG;
	*text = *end ? end + 1 : end;
	module.version = read_attribute(walk->folder, line, "/version", version);
	module.srcversion = read_attribute(walk->folder, line, "/srcversion", srcversion);
	return walk->take(walk->ctx, &module);
}

/* What the text may begin with: the longest that is shorter than a limit. */
struct beginning {
	const char *text;
	size_t limit, size; /* 0: none */
};

/* A name from sysfs has `!` where the kernel's may have a slash. */
static int look_for_beginning(void *ctx, struct named_module *module)
{
	struct beginning *beginning = ctx;
	size_t size = strlen(module->name);

	for (size_t i = 0; i < size; i++) {
		char byte = beginning->text[i];

		if (!byte || (byte != module->name[i] && !(byte == '/' && module->name[i] == '!')))
			return 0;
	}
	if (size < beginning->limit && size > beginning->size)
		beginning->size = size;
	return 0;
}

static int take_next(const struct walk *walk, const char **text)
{
	struct beginning beginning = { .text = *text, .size = SIZE_MAX };
	int err = -EBADMSG;

	while (err == -EBADMSG && beginning.size) {
		beginning.limit = beginning.size;
		beginning.size = 0;
		if (walk->breaks)
			module_set_walk(walk->breaks, look_for_beginning, &beginning);
		err = take_line(walk, text, beginning.size);
	}
	return err;
}

int inventory_read(FILE *f, char **text)
{
	_cleanup_(freep) char *read = NULL;
	size_t room = 0;
	ssize_t size;

	errno = 0;
	size = getdelim(&read, &room, '\0', f);
	if (ferror(f) || (size < 0 && !feof(f)))
		return errno ? -errno : -EIO;
	if (size > 0 && !read[size - 1])
		return -EBADMSG;
	if (size <= 0) { /* nothing is loaded */
		free(read);
		read = strdup("");
	}
	if (!read)
		return -ENOMEM;
	*text = TAKE_PTR(read);
	return 0;
}

int inventory_walk(const char *text, const char *folder, const struct module_set *breaks, module_fn take, void *ctx)
{
	const struct walk walk = { folder, breaks, take, ctx };
	bool odd = false;
	int err = 0;

	while (!err && *text) {
		err = take_next(&walk, &text);
		if (err != -EBADMSG)
			continue;
		err = 0;
		odd = true;
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return !err && odd ? -EBADMSG : err;
}

int inventory_breaks(const char *folder, struct module_set *names)
{
	DIR *modules = opendir(folder);
	struct dirent *entry;
	int err = 0;

	while (modules && !err && (entry = readdir(modules)))
		if (strchr(entry->d_name, '\n') && !module_set_get(names, entry->d_name))
			err = -ENOMEM;
	if (modules)
		closedir(modules);
	return err;
}

bool inventory_has(const char *folder, const char *name)
{
	char path[512];

	if (!strcmp(name, ".") || !strcmp(name, "..")) /* a folder that no path leads to */
		return true;
	sysfs_path(folder, name, "/initstate", path, sizeof(path));
	return !access(path, F_OK) || errno != ENOENT;
}

bool inventory_is_live(const char *folder, const char *name)
{
	char value[VALUE_SIZE];
	struct text state = read_attribute(folder, name, "/initstate", value);

	return state.known == KNOWN && !strcmp(value, "live");
}

int inventory_instance(const char *folder, const char *name, uint64_t *instance)
{
	struct statx facts;
	char path[512];

	sysfs_path(folder, name, "", path, sizeof(path));
	if (!statx(AT_FDCWD, path, 0, STATX_INO, &facts)) {
		if (facts.stx_attributes & STATX_ATTR_MOUNT_ROOT) /* 5.8 */
			return -EXDEV;
		*instance = facts.stx_ino;
		return 0;
	}
	if (errno != ENOENT)
		return -errno;
	return access(folder, F_OK) ? -errno : -ESRCH;
}
