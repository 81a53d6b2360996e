// SPDX-License-Identifier: BSD-2-Clause
#include "words.h"

#include <errno.h>
#include <string.h>

bool lines_next(struct lines *lines, const char **line, size_t *size)
{
	size_t left = lines->size - lines->at;
	size_t take = left < WORDS_LINE_MAX ? left : WORDS_LINE_MAX;
	const char *start = lines->bytes + lines->at;
	const char *end;

	if (left == 0)
		return false;
	end = memchr(start, '\n', take);
	lines->at += end ? (size_t)(end - start) + 1 : take;
	*line = start;
	*size = strnlen(start, end ? (size_t)(end - start) : take);
	lines->number++;
	return true;
}

/*
 * Which bytes are an escape: a backslash takes the next byte with it, and "\ " and "\\" stand for their second byte. In
 * the first word nothing is put back, so there an escaped space joins two words but stays two bytes.
 */
static size_t unescape(char *text, size_t size, bool first)
{
	size_t used = 0;

	for (size_t i = 0; i < size; i++) {
		if (!first && text[i] == '\\' && i + 1 < size) {
			if (text[i + 1] == ' ' || text[i + 1] == '\\')
				i++;
			else
				text[used++] = text[i++];
		}
		text[used++] = text[i];
	}
	return used;
}

/* The end of the word at start: the next space that is not escaped. escaped: a backslash before start is open. */
static size_t word_end(const char *line, size_t size, size_t start)
{
	bool escaped = false;
	size_t i;

	for (i = start; i < size && (escaped || line[i] != ' '); i++)
		escaped = !escaped && line[i] == '\\';
	return i;
}

int words_split(const char *line, size_t size, struct arena *arena, struct words *words)
{
	/* auditctl's own room: one word for three bytes, and three; its name and a NULL are among them */
	size_t room = size / 3 + 3 - 2;
	struct words split = { 0 };
	size_t at = 0;

	while (at < size && line[at] == ' ')
		at++;
	if (at == size || line[at] == '#') {
		*words = split;
		return 0;
	}
	split.words = arena_alloc(arena, room * sizeof(*split.words));
	if (!split.words)
		return -ENOMEM;
	while (at < size) {
		size_t end = word_end(line, size, at);
		struct word *word = &split.words[split.count];

		if (end == at) {
			at++;
			continue;
		}
		/* the first word always has its place */
		if (split.count > 0 && split.count >= room) {
			split.dropped = true;
			break;
		}
		word->column = (unsigned int)at + 1;
		word->text = arena_text(arena, line + at, end - at);
		if (!word->text)
			return -ENOMEM;
		word->text[unescape(word->text, end - at, split.count == 0)] = '\0';
		split.count++;
		at = end;
	}
	*words = split;
	return 0;
}
