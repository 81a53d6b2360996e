// SPDX-License-Identifier: BSD-2-Clause
#include "page.h"
#include "../cleanup.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct page_item *items;
static size_t count;

static void *checked(void *memory)
{
	if (!memory) {
		fputs("schema: there is no memory\n", stderr);
		exit(1);
	}
	return memory;
}

static char *copy(const char *text)
{
	return checked(strdup(text));
}

/* What mdoc shows of its escapes. */
static void unescape(char *text)
{
	static const struct {
		const char *escape, *shown;
	} escapes[] = { { "\\(dq", "\"" }, { "\\&", "" }, { "\\-", "-" }, { "\\e", "\\" } };
	char *out = text;

	while (*text) {
		size_t i = 0;

		while (i < COUNT(escapes) && strncmp(text, escapes[i].escape, strlen(escapes[i].escape)) != 0)
			i++;
		if (i == COUNT(escapes)) {
			*out++ = *text++;
			continue;
		}
		text += strlen(escapes[i].escape);
		out = mempcpy(out, escapes[i].shown, strlen(escapes[i].shown));
	}
	*out = '\0';
}

static bool is_punctuation(const char *word)
{
	return *word && strchr(".,:;)?!", *word) && !word[1];
}

/* One more piece of a text; glued: without a space before it. */
static void append(const char **text, const char *before, const char *piece, const char *after, bool glued)
{
	char *longer;

	if (asprintf(&longer, "%s%s%s%s%s", *text ? *text : "", *text && !glued ? " " : "", before, piece, after) < 0)
		checked(NULL);
	*text = longer;
}

/* .MACRO WORD...: what a reader sees of it. */
static void append_macro(const char **text, char *line)
{
	char *macro = strtok(line, " "), *word = strtok(NULL, " "), *next;
	const char *before = "", *after = "";

	if (!strcmp(macro, "Fl"))
		before = "-";
	else if (!strcmp(macro, "Pq"))
		before = "(", after = ")";
	else if (!strcmp(macro, "Dq"))
		before = after = "\"";
	for (bool glued = false; word; word = next) {
		next = strtok(NULL, " ");
		if (!strcmp(word, "Ns")) {
			glued = true;
			continue;
		}
		if (!strcmp(macro, "Xr") && next && !is_punctuation(next)) { /* NAME SECTION */
			append(text, "", word, "(", glued);
			append(text, "", next, ")", true);
			next = strtok(NULL, " ");
		} else if (is_punctuation(word)) {
			append(text, "", word, "", true);
		} else {
			append(text, before, word, after, glued);
		}
		glued = false;
	}
}

static struct page_item *add(const char *section, const char *key)
{
	items = checked(realloc(items, (count + 1) * sizeof(*items)));
	items[count] = (struct page_item) { .section = section, .key = copy(key) };
	return &items[count++];
}

/* .It Ic KEY Pq TYPE, UNIT; .It Va KEY Ns SUFFIX */
static struct page_item *begin_item(const char *section, const char *line)
{
	struct page_item *item;
	char key[96], type[128];
	char *unit;

	if (sscanf(line, ".It Va KEY Ns %31s", type) == 1) {
		snprintf(key, sizeof(key), "KEY%.31s", type);
		return add(section, key);
	}
	if (sscanf(line, ".It Ic %63s Pq %127[^\n]", key, type) != 2)
		return NULL;
	item = add(section, key);
	unit = strstr(type, ", ");
	item->unit = unit ? copy(unit + 2) : NULL;
	return item;
}

/* .Li EXAMPLE . */
static const char *example_of(const char *line)
{
	size_t size = strlen(line);

	if (strncmp(line, ".Li ", 4) != 0 || size < 7 || strcmp(line + size - 2, " .") != 0)
		return NULL;
	return checked(strndup(line + 4, size - 6));
}

static void take_line(char *line, const char **section, struct page_item **item, bool *example)
{
	if (!strncmp(line, ".Ss ", 4) || !strncmp(line, ".Sh ", 4)) {
		*section = copy(line + 4);
		*item = add(*section, "");
	} else if (!strncmp(line, ".It Ic ", 7) || !strncmp(line, ".It Va KEY", 10)) {
		*item = begin_item(*section, line);
	} else if (!strncmp(line, ".Bl", 3) || !strncmp(line, ".El", 3) || !strncmp(line, ".Bd", 3)) {
		*item = NULL; /* what follows belongs to no key */
	} else if (!*item || !strcmp(line, ".Pp") || !strncmp(line, ".\\\"", 3)) {
		return;
	} else if (!strcmp(line, "For example")) {
		*example = true;
	} else if (*example) {
		(*item)->example = example_of(line);
		*example = false;
	} else if (*line == '.') {
		append_macro(&(*item)->text, line + 1);
	} else {
		append(&(*item)->text, "", line, "", false);
	}
}

void page_read(const char *path)
{
	_cleanup_(fclosep) FILE *page = fopen(path, "re");
	struct page_item *item = NULL;
	const char *section = "";
	bool example = false;
	char line[4096];

	if (!page) {
		fprintf(stderr, "schema: %s cannot be read: %m\n", path);
		exit(1);
	}
	while (fgets(line, sizeof(line), page)) {
		line[strcspn(line, "\n")] = '\0';
		unescape(line);
		take_line(line, &section, &item, &example);
	}
}

const struct page_item *page_find(const char *section, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(items[i].section, section) && !strcmp(items[i].key, key))
			return &items[i];
	return NULL;
}
