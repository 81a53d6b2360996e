// SPDX-License-Identifier: BSD-2-Clause
#include "inventory.h"
#include "../cleanup.h"
#include "decode.h"

#include <errno.h>
#include <string.h>

enum { VALUE_SIZE = 256 };

/* /sys/module/NAME/KEY, if there: "" counts as absent, as in the kernel. */
static struct text read_attribute(const char *folder, const char *name, const char *key, char value[static VALUE_SIZE])
{
	_cleanup_(fclosep) FILE *f = NULL;
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/%s", folder, name, key);
	f = fopen(path, "re");
	if (!f || !fgets(value, VALUE_SIZE, f))
		return (struct text) { 0 };
	value[strcspn(value, "\n")] = '\0';
	return value[0] ? text_of(value) : (struct text) { 0 };
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

/* "name size refcount users state address (taints)"; the taints are there only where there are some. */
static int take_line(char *line, const char *folder, struct arena *arena, module_fn take, void *ctx)
{
	enum { NAME, SIZE, REFCOUNT, USERS, STATE, WORDS };
	char version[VALUE_SIZE], srcversion[VALUE_SIZE], letters[32] = "";
	struct module_part module = { .known = KNOWN };
	const char *taints = strchr(line, '(');
	char *words[WORDS], *rest = NULL, *end;

	if (taints)
		sscanf(taints + 1, "%31[A-Z]", letters);
	for (int i = 0; i < WORDS; i++) {
		words[i] = strtok_r(i ? NULL : line, " \n", &rest);
		if (!words[i])
			return -EBADMSG;
	}
	module.size = number_of(strtoull(words[SIZE], &end, 10));
	if (*end)
		return -EBADMSG;
	module.name = text_of(words[NAME]);
	module.state = state_of(words[STATE]);
	module.version = read_attribute(folder, words[NAME], "version", version);
	module.srcversion = read_attribute(folder, words[NAME], "srcversion", srcversion);
	arena->used = 0;
	taints_of_letters(letters, arena, &module);
	return take(ctx, &module);
}

int inventory_walk(FILE *proc_modules, const char *folder, module_fn take, void *ctx)
{
	_cleanup_(freep) struct arena *arena = calloc(1, sizeof(*arena));
	_cleanup_(freep) char *line = NULL;
	size_t room = 0;
	int err = 0;

	if (!arena)
		return -ENOMEM;
	while (!err && getline(&line, &room, proc_modules) > 0)
		err = take_line(line, folder, arena, take, ctx);
	return err;
}
