// SPDX-License-Identifier: BSD-2-Clause
#include "symbol.h"
#include "../cleanup.h"

#include <stdio.h>
#include <string.h>

/*
 * "ADDRESS TYPE NAME", and "\t[MODULE]" behind those of modules, which come after all others. False: there is none of
 * that name.
 */
static bool find(const char *name, uint64_t *address)
{
	_cleanup_(fclosep) FILE *list = fopen("/proc/kallsyms", "re");
	_cleanup_(freep) char *line = NULL;
	size_t room = 0, size = strlen(name);
	ssize_t length;

	while (list && (length = getline(&line, &room, list)) > 0) {
		const char *word = strrchr(line, ' ');

		if (memchr(line, '[', length))
			break;
		if (word && !strncmp(word + 1, name, size) && word[1 + size] == '\n') {
			*address = strtoull(line, NULL, 16);
			return true;
		}
	}
	return false;
}

uint64_t symbol_address(const char *name)
{
	uint64_t address = 0;

	find(name, &address);
	return address;
}

bool symbol_exists(const char *name)
{
	uint64_t address;

	return find(name, &address);
}
