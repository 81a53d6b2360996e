// SPDX-License-Identifier: BSD-2-Clause
#include "traced.h"
#include "../cleanup.h"

#include <string.h>

struct traced {
	char *text;
};

static FILE *open_list(void)
{
	FILE *list = fopen("/sys/kernel/tracing/enabled_functions", "re");

	return list ? list : fopen("/sys/kernel/debug/tracing/enabled_functions", "re");
}

void traced_freep(struct traced **traced)
{
	if (!*traced)
		return;
	free((*traced)->text);
	free(*traced);
	*traced = NULL;
}

struct traced *traced_of(FILE *list)
{
	_cleanup_(traced_freep) struct traced *traced = calloc(1, sizeof(*traced));
	size_t room = 0;
	ssize_t size;

	if (!traced)
		return NULL;
	size = getdelim(&traced->text, &room, '\0', list); /* no NUL is in it, so this reads all */
	if (!feof(list))
		return NULL;
	if (size < 0) { /* nothing is attached, and what getdelim() leaves there is no text */
		free(traced->text);
		traced->text = NULL;
	}
	return TAKE_PTR(traced);
}

struct traced *traced_read(void)
{
	_cleanup_(fclosep) FILE *list = open_list();

	return list ? traced_of(list) : NULL;
}

/* Each line begins with the function's name: "NAME (COUNT) FLAGS ..." */
bool traced_has(const struct traced *traced, const char *function)
{
	size_t size = strlen(function);

	for (const char *line = traced->text; line && *line; line = strchr(line, '\n'), line += line != NULL)
		if (!strncmp(line, function, size) && line[size] == ' ')
			return true;
	return false;
}
