// SPDX-License-Identifier: BSD-2-Clause
#include "phrase.h"
#include "../array.h"
#include "text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void phrase_clear(struct phrase *phrase)
{
	free(phrase->bytes);
	*phrase = (struct phrase) { .utf8 = phrase->utf8 };
}

static void put(struct phrase *phrase, const char *bytes, size_t size, size_t columns)
{
	if (!phrase->failed)
		phrase->failed = array_reserve(phrase->bytes, phrase->room, phrase->size + size);
	if (phrase->failed || !size)
		return;
	memcpy(phrase->bytes + phrase->size, bytes, size);
	phrase->size += size;
	phrase->columns += columns;
}

void phrase_add(struct phrase *phrase, const char *words)
{
	put(phrase, words, strlen(words), strlen(words));
}

void phrase_addf(struct phrase *phrase, const char *format, ...)
{
	char words[256];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	phrase_add(phrase, words);
}

void phrase_ours(struct phrase *phrase, const struct text *words, const char *otherwise)
{
	if (words->known != KNOWN) {
		phrase_add(phrase, otherwise);
		return;
	}
	for (size_t i = 0; i < words->size; i++)
		put(phrase, words->bytes[i] >= ' ' && words->bytes[i] <= '~' ? &words->bytes[i] : "?", 1, 1);
}

void phrase_control(struct phrase *phrase, const char *bytes)
{
	put(phrase, bytes, strlen(bytes), 0);
}

void phrase_pad(struct phrase *phrase, size_t columns)
{
	while (!phrase->failed && phrase->columns < columns)
		put(phrase, " ", 1, 1);
}

/* A token never has three dots in a row outside of quotes, so these are always ours. */
static const char *ellipsis(const struct phrase *phrase)
{
	return phrase->utf8 ? "\xe2\x80\xa6" : "...";
}

static size_t ellipsis_columns(const struct phrase *phrase)
{
	return phrase->utf8 ? 1 : 3;
}

static void put_ellipsis(struct phrase *phrase)
{
	put(phrase, ellipsis(phrase), 3, ellipsis_columns(phrase));
}

/*
 * Letters that take one column everywhere and run from left to right. Fixed ranges instead of the locale's tables:
 * those differ from the terminal's, and have letters that nobody sees.
 */
static bool is_letter(uint32_t code)
{
	if (code == 0xd7 || code == 0xf7) /* multiplication and division signs */
		return false;
	return (code >= 0xc0 && code <= 0x24f) || (code >= 0x391 && code <= 0x3a1) ||
	       (code >= 0x3a3 && code <= 0x3ce) || (code >= 0x400 && code <= 0x481) || (code >= 0x48a && code <= 0x52f);
}

/* Whether the token can stand without quotes. Letters beyond ASCII cannot: some look like others. */
static bool is_plain(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == ':' && i && i + 1 < size && isascii(bytes[i + 1]) && isalnum((unsigned char)bytes[i + 1]))
			continue;
		if (!isascii(c) || !(isalnum(c) || (c && strchr("_-./+@%=~#", c))))
			return false;
	}
	return size && !memmem(bytes, size, "...", 3);
}

/* One character as it stands in quotes, with a NUL. Returns how many bytes it was. */
static size_t escape(const struct phrase *phrase, const char *bytes, size_t size, char out[static 5])
{
	uint32_t code = 0;
	size_t length = utf8_char(bytes, size, &code);

	if (code == '"' || code == '\\') {
		snprintf(out, 5, "\\%c", bytes[0]);
		return 1;
	}
	if ((code > ' ' && code <= '~') || (phrase->utf8 && is_letter(code))) { /* two bytes at most */
		memcpy(out, bytes, length);
		out[length] = '\0';
		return length;
	}
	snprintf(out, 5, "\\x%02x", (unsigned char)bytes[0]);
	return 1;
}

static size_t token_columns(const struct phrase *phrase, const char *bytes, size_t size)
{
	size_t columns = 2;
	char escaped[5];

	if (is_plain(bytes, size))
		return size;
	for (size_t i = 0, length; i < size; i += length) {
		length = escape(phrase, bytes + i, size - i, escaped);
		columns += length > 1 ? 1 : strlen(escaped);
	}
	return columns;
}

void phrase_token(struct phrase *phrase, const char *bytes, size_t size)
{
	char escaped[5];

	if (is_plain(bytes, size)) {
		put(phrase, bytes, size, size);
		return;
	}
	phrase_add(phrase, "\"");
	for (size_t i = 0, length; i < size; i += length) {
		length = escape(phrase, bytes + i, size - i, escaped);
		put(phrase, escaped, strlen(escaped), length > 1 ? 1 : strlen(escaped));
	}
	phrase_add(phrase, "\"");
}

void phrase_text(struct phrase *phrase, const struct text *text, const char *otherwise)
{
	if (text->known != KNOWN) {
		phrase_add(phrase, otherwise);
		return;
	}
	phrase_token(phrase, text->bytes, text->size);
	if (text->truncated)
		put_ellipsis(phrase);
}

/* Where the component before `at` begins: at its slash, or at 0. */
static size_t component_before(const char *bytes, size_t at)
{
	while (at && bytes[--at] != '/')
		;
	return at;
}

/* The size of the path's beginning that is worth keeping: /usr/. */
static size_t head_of(const char *bytes, size_t size)
{
	const char *slash = size > 1 ? memchr(bytes + 1, '/', size - 1) : NULL;

	return slash ? (size_t)(slash - bytes) + 1 : 0;
}

void phrase_path(struct phrase *phrase, const struct text *path, size_t columns)
{
	const char *bytes = path->bytes;
	size_t tail = component_before(bytes, path->size), head = head_of(bytes, path->size), used;

	if (!path->truncated && (!tail || token_columns(phrase, bytes, path->size) <= columns)) {
		phrase_token(phrase, bytes, path->size);
		return;
	}
	used = ellipsis_columns(phrase) + token_columns(phrase, bytes, head);
	if (path->truncated || tail < head || used + token_columns(phrase, bytes + tail, path->size - tail) > columns) {
		head = 0;
		used = ellipsis_columns(phrase);
	}
	while (tail > head) { /* as many components before the last one as there is room for */
		size_t next = component_before(bytes, tail);

		if (next < head || used + token_columns(phrase, bytes + next, path->size - next) > columns)
			break;
		tail = next;
	}
	if (!path->truncated &&
	    token_columns(phrase, bytes, path->size) <= used + token_columns(phrase, bytes + tail, path->size - tail)) {
		phrase_token(phrase, bytes, path->size); /* nothing is won */
		return;
	}
	if (head)
		phrase_token(phrase, bytes, head);
	put_ellipsis(phrase);
	phrase_token(phrase, bytes + tail, path->size - tail);
}

void phrase_words(struct phrase *phrase, const struct text *words, char between, size_t columns)
{
	size_t last = phrase->columns + columns;
	bool cut = words->truncated;

	for (size_t i = 0, size; i < words->size; i += size + 1) {
		const char *word = words->bytes + i, *end = memchr(word, between, words->size - i);

		size = end ? (size_t)(end - word) : words->size - i;
		if (words->gap && i == words->gap) { /* of what there is both ends are shown, where they fit */
			phrase_add(phrase, " ");
			put_ellipsis(phrase);
		}
		if (phrase->columns + token_columns(phrase, word, size) > last) {
			cut = true;
			break;
		}
		phrase_add(phrase, i ? " " : "");
		phrase_token(phrase, word, size);
	}
	if (cut) {
		phrase_add(phrase, words->size ? " " : "");
		put_ellipsis(phrase);
	}
}
