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

/* GCC's names of copies that it made: their arguments may be others. */
static bool is_variant(const char *rest)
{
	return !strncmp(rest, ".isra.", strlen(".isra.")) || !strncmp(rest, ".constprop.", strlen(".constprop."));
}

static void note(struct symbol_form *form, char type, const char *symbol, const char *name)
{
	const char *rest = symbol + strlen(name);

	if (!*rest && type == 't')
		form->local = true;
	else if (!*rest)
		form->global = true;
	else if (is_variant(rest) && !*form->variant)
		snprintf(form->variant, sizeof(form->variant), "%s", symbol);
}

/* The kernel's own come before those of modules. */
bool symbol_forms(FILE *list, const char *const *names, size_t count, struct symbol_form *forms)
{
	_cleanup_(freep) char *line = NULL;
	size_t room = 0, lines = 0;
	bool begins[256] = { false }; /* some name begins so: there are 200,000 lines */
	ssize_t length;

	for (size_t i = 0; i < count; i++)
		begins[(unsigned char)*names[i]] = true;
	while ((length = getline(&line, &room, list)) > 0) {
		char *symbol = strrchr(line, ' ');

		if (memchr(line, '[', length))
			break;
		if (!symbol || symbol == line)
			continue;
		symbol[strcspn(symbol, "\n")] = '\0';
		lines++;
		for (size_t i = 0; i < count && begins[(unsigned char)symbol[1]]; i++)
			if (!strncmp(symbol + 1, names[i], strlen(names[i])))
				note(&forms[i], symbol[-1], symbol + 1, names[i]);
	}
	return lines > 0;
}
