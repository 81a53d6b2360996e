// SPDX-License-Identifier: BSD-2-Clause
#include "names.h"
#include "../cleanup.h"

#include <stdbool.h>
#include <string.h>

enum { LINES_MAX = 100000 }; /* of the file: a look at it ends */

/* What was read of another file, or before it changed, does not count. */
static bool is_new(struct names *names)
{
	struct stat now = { 0 };
	const struct stat *of = &names->of;
	bool same;

	if (stat(names->path, &now))
		now = (struct stat) { 0 };
	same = now.st_dev == of->st_dev && now.st_ino == of->st_ino && now.st_size == of->st_size &&
	       now.st_mtim.tv_sec == of->st_mtim.tv_sec && now.st_mtim.tv_nsec == of->st_mtim.tv_nsec;
	names->of = now;
	return !same;
}

/* The size of the name in "NAME:PASSWORD:UID:...", where it is this user's; else 0. */
static size_t name_size(const char *line, uint32_t uid)
{
	const char *password = strchr(line, ':'), *number = password ? strchr(password + 1, ':') : NULL;
	unsigned long value;
	char *end;

	if (!number || number[1] < '0' || number[1] > '9')
		return 0;
	value = strtoul(number + 1, &end, 10);
	return *end == ':' && value == uid ? (size_t)(password - line) : 0;
}

static void look_up(const char *path, uint32_t uid, char name[static NAME_BYTES])
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	bool begins = true; /* a line that is longer than the buffer comes in pieces */
	char line[512];

	name[0] = '\0';
	for (int i = 0; file && i < LINES_MAX && fgets(line, sizeof(line), file); i++) {
		size_t size = begins ? name_size(line, uid) : 0;

		if (size && size < NAME_BYTES) {
			memcpy(name, line, size);
			name[size] = '\0';
			return;
		}
		begins = strchr(line, '\n') != NULL;
	}
}

const char *names_of(struct names *names, uint32_t uid)
{
	unsigned int i;

	if (!names->path)
		return NULL;
	if (is_new(names))
		names->count = names->next = 0;
	if (!S_ISREG(names->of.st_mode))
		return NULL;
	for (i = 0; i < names->count; i++)
		if (names->kept[i].uid == uid)
			break;
	if (i == names->count) {
		i = names->next;
		names->next = (names->next + 1) % NAMES_KEPT;
		names->count += names->count < NAMES_KEPT;
		names->kept[i].uid = uid;
		look_up(names->path, uid, names->kept[i].name);
	}
	return names->kept[i].name[0] ? names->kept[i].name : NULL;
}
