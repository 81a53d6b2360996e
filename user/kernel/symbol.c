// SPDX-License-Identifier: BSD-2-Clause
#include "symbol.h"
#include "../cleanup.h"

#include <stdio.h>
#include <string.h>

/* "ADDRESS TYPE NAME", and "\t[MODULE]" behind those of modules, which come after all others. */
uint64_t symbol_address(const char *name)
{
	_cleanup_(fclosep) FILE *list = fopen("/proc/kallsyms", "re");
	_cleanup_(freep) char *line = NULL;
	size_t room = 0, size = strlen(name);
	ssize_t length;

	while (list && (length = getline(&line, &room, list)) > 0) {
		const char *word = strrchr(line, ' ');

		if (memchr(line, '[', length))
			break;
		if (word && !strncmp(word + 1, name, size) && word[1 + size] == '\n')
			return strtoull(line, NULL, 16);
	}
	return 0;
}
