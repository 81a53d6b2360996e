// SPDX-License-Identifier: BSD-2-Clause
/*
 * JSON lines, written from the event straight into the line: a tree of objects in between took more than half of all
 * that an event costs. Bytes that are not UTF-8 become U+FFFD each, with all bytes in hex beside the text; every
 * character that could act on a terminal or pass for a line's end is escaped.
 */
#include "json.h"
#include "../array.h"
#include "../cleanup.h"
#include "fields.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct render {
	size_t text_limit; /* bytes of any one text */
	size_t list_limit; /* items of any one list */
	char *bytes;	   /* the line so far */
	size_t size, room;
	bool failed; /* no memory: what follows is dropped */
};

static void put_fields(struct render *render, const struct field *fields, const void *part);

static void make_room(struct render *render, size_t size)
{
	render->failed = array_reserve(render->bytes, render->room, render->size + size + 2048);
}

/* Where size more bytes can go, behind the line so far; NULL where there is no memory. */
static inline char *end_with_room(struct render *render, size_t size)
{
	if (!render->failed && render->size + size > render->room)
		make_room(render, size);
	return render->failed ? NULL : render->bytes + render->size;
}

static inline void put(struct render *render, const char *bytes, size_t size)
{
	char *end = end_with_room(render, size);

	if (!end)
		return;
	memcpy(end, bytes, size);
	render->size += size;
}

static void put_string(struct render *render, const char *string)
{
	put(render, string, strlen(string));
}

/* Between two values; a text that ends with a bracket has its quote behind it. */
static inline bool wants_comma(const struct render *render)
{
	char last = render->size ? render->bytes[render->size - 1] : '{';

	return last != '{' && last != '[';
}

static void put_comma(struct render *render)
{
	if (wants_comma(render))
		put(render, ",", 1);
}

/* A line has some sixty keys: each is written in one go. */
static inline void put_key(struct render *render, const char *key, const char *suffix)
{
	size_t size = strlen(key), more = strlen(suffix);
	char *end = end_with_room(render, size + more + 4);

	if (!end)
		return;
	if (wants_comma(render))
		*end++ = ',';
	*end++ = '"';
	end = mempcpy(end, key, size);
	end = mempcpy(end, suffix, more);
	*end++ = '"';
	*end++ = ':';
	render->size = (size_t)(end - render->bytes);
}

static void put_uint(struct render *render, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(render, digits + at, sizeof(digits) - at);
}

static void put_int(struct render *render, int64_t value)
{
	if (value < 0)
		put(render, "-", 1);
	put_uint(render, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

static void put_bool(struct render *render, bool value)
{
	put_string(render, value ? "true" : "false");
}

/* What JSON shows as it is, and a terminal too. */
static const bool plain[256] = { [0x20 ... '"' - 1] = true, ['"' + 1 ... '\\' - 1] = true, ['\\' + 1 ... 0x7e] = true };

/* One character, or one byte that is none; its length in *length. Returns whether it was valid. */
static bool put_character(struct render *render, const char *bytes, size_t size, size_t *length)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	uint32_t code = 0;
	char escaped[16];

	*length = utf8_char(bytes, size, &code);
	if (!*length) {
		*length = 1;
		put(render, replacement, 3);
		return false;
	}
	if (code == '"' || code == '\\')
		snprintf(escaped, sizeof(escaped), "\\%c", (int)code);
	else if (utf8_acts(code) && code > 0xffff) /* as UTF-16 has it: JSON's escapes have four digits */
		snprintf(escaped, sizeof(escaped), "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
	else if (utf8_acts(code))
		snprintf(escaped, sizeof(escaped), "\\u%04x", code);
	else
		escaped[0] = '\0';
	if (escaped[0])
		put_string(render, escaped);
	else
		put(render, bytes, *length);
	return true;
}

/* With its quotes. Returns whether all was valid UTF-8. */
static bool put_text(struct render *render, const char *bytes, size_t size)
{
	bool valid = true;

	put(render, "\"", 1);
	for (size_t i = 0; i < size;) {
		size_t length = 0;

		while (i + length < size && plain[(unsigned char)bytes[i + length]])
			length++;
		if (length)
			put(render, bytes + i, length);
		else
			valid &= put_character(render, bytes + i, size - i, &length);
		i += length;
	}
	put(render, "\"", 1);
	return valid;
}

static void put_hex(struct render *render, const char *bytes, size_t size)
{
	put(render, "\"", 1);
	for (size_t i = 0; i < size; i++) {
		char hex[2];

		format_hex(bytes + i, 1, hex);
		put(render, hex, sizeof(hex));
	}
	put(render, "\"", 1);
}

static void put_mark(struct render *render, const char *key, const char *suffix)
{
	put_key(render, key, suffix);
	put_bool(render, true);
}

/* How much of the text may be shown; cuts between characters. */
static size_t limited(const struct render *render, const char *bytes, size_t size)
{
	size_t shown = size;

	if (shown <= render->text_limit)
		return shown;
	shown = render->text_limit;
	for (size_t back = 0; back < 4 && back < shown; back++)
		if (utf8_char(bytes + shown - back, size - shown + back, NULL) > 1)
			return shown - back;
	return shown;
}

static void put_text_field(struct render *render, const char *key, const struct text *text)
{
	size_t size = limited(render, text->bytes, text->size);

	put_key(render, key, "");
	if (!put_text(render, text->bytes, size)) {
		put_key(render, key, "_hex");
		put_hex(render, text->bytes, size);
	}
	if (text->truncated || size < text->size)
		put_mark(render, key, "_truncated");
	if (text->detached)
		put_mark(render, key, "_detached");
}

/* The arguments, as texts or in hex. Returns whether all were valid UTF-8. */
static bool put_arguments(struct render *render, const char *bytes, size_t size, bool in_hex)
{
	bool valid = true;

	put(render, "[", 1);
	for (size_t i = 0; i < size;) {
		size_t length = strnlen(bytes + i, size - i);

		put_comma(render);
		if (in_hex)
			put_hex(render, bytes + i, length);
		else
			valid &= put_text(render, bytes + i, length);
		i += length + 1;
	}
	put(render, "]", 1);
	return valid;
}

static void put_argv(struct render *render, const char *key, const struct text *argv)
{
	size_t size = limited(render, argv->bytes, argv->size);

	put_key(render, key, "");
	if (!put_arguments(render, argv->bytes, size, false)) {
		put_key(render, key, "_hex");
		put_arguments(render, argv->bytes, size, true);
	}
	if (argv->truncated || size < argv->size)
		put_mark(render, key, "_truncated");
}

static void put_time(struct render *render, uint64_t ns)
{
	char text[TIME_TEXT_SIZE];

	format_time(ns, text);
	put(render, "\"", 1);
	put_string(render, text);
	put(render, "\"", 1);
}

static void put_counts(struct render *render, const struct list *list)
{
	const struct count_part *counts = list->items;

	put(render, "{", 1);
	for (size_t i = 0; i < list->count; i++) {
		put_key(render, counts[i].key, "");
		put_uint(render, counts[i].count);
	}
	put(render, "}", 1);
}

static void put_object(struct render *render, const struct field *fields, const void *part)
{
	put(render, "{", 1);
	put_fields(render, fields, part);
	put(render, "}", 1);
}

static size_t shown_items(const struct render *render, const struct list *list)
{
	return list->count < render->list_limit ? list->count : render->list_limit;
}

/* A list's texts, or all of them in hex. Returns whether they were valid UTF-8; *cut where one is not shown whole. */
static bool put_texts(struct render *render, const struct list *list, bool in_hex, bool *cut)
{
	const struct text *texts = list->items;
	bool valid = true;

	put(render, "[", 1);
	for (size_t i = 0; i < shown_items(render, list); i++) {
		size_t size = limited(render, texts[i].bytes, texts[i].size);

		put_comma(render);
		if (texts[i].known != KNOWN)
			put_string(render, "null");
		else if (in_hex)
			put_hex(render, texts[i].bytes, size);
		else
			valid &= put_text(render, texts[i].bytes, size);
		*cut |= texts[i].truncated || size < texts[i].size;
	}
	put(render, "]", 1);
	return valid;
}

static void put_text_list(struct render *render, const char *key, const struct list *list)
{
	bool cut = list->truncated || shown_items(render, list) < list->count;

	put_key(render, key, "");
	if (!put_texts(render, list, false, &cut)) {
		put_key(render, key, "_hex");
		put_texts(render, list, true, &cut);
	}
	if (cut)
		put_mark(render, key, "_truncated");
}

static void put_list(struct render *render, const struct field *field, const struct list *list)
{
	size_t shown = shown_items(render, list);

	put_key(render, field->key, "");
	put(render, "[", 1);
	for (size_t i = 0; i < shown; i++) {
		const void *part = (const char *)list->items + i * field->item_size;

		put_comma(render);
		if (*(const enum known *)part == KNOWN)
			put_object(render, field->fields, part);
		else
			put_string(render, "null");
	}
	put(render, "]", 1);
	if (list->truncated || shown < list->count)
		put_mark(render, field->key, "_truncated");
}

/* A value that is known, behind its key. */
static void put_value(struct render *render, const struct field *field, const void *value)
{
	const struct number *number = value;

	put_key(render, field->key, "");
	switch (field->type) {
	case FIELD_INT:
		put_int(render, (int64_t)number->value);
		break;
	case FIELD_UINT:
		put_uint(render, number->value);
		break;
	case FIELD_BOOL:
		put_bool(render, number->value != 0);
		break;
	case FIELD_TIME:
		put_time(render, number->value);
		break;
	case FIELD_COUNTS:
		put_counts(render, value);
		break;
	case FIELD_OBJECT:
		put_object(render, field->fields, value);
		break;
	case FIELD_TEXT:
	case FIELD_ARGV:
	case FIELD_TEXTS:
	case FIELD_LIST:
		break; /* they may have more keys than one */
	}
}

static void put_field(struct render *render, const struct field *field, const void *value)
{
	/* every value and every part starts with it */
	switch (*(const enum known *)value) {
	case ABSENT:
		return;
	case UNKNOWN:
		put_key(render, field->key, "");
		put_string(render, "null");
		return;
	case KNOWN:
		break;
	}
	if (field->type == FIELD_TEXT)
		put_text_field(render, field->key, value);
	else if (field->type == FIELD_ARGV)
		put_argv(render, field->key, value);
	else if (field->type == FIELD_TEXTS)
		put_text_list(render, field->key, value);
	else if (field->type == FIELD_LIST)
		put_list(render, field, value);
	else
		put_value(render, field, value);
}

static void put_fields(struct render *render, const struct field *fields, const void *part)
{
	for (const struct field *field = fields; field->key; field++)
		put_field(render, field, (const char *)part + field->offset);
}

/* The event with the limits as they are. */
static void put_event(struct render *render, const struct event *event)
{
	render->size = 0;
	put(render, "{", 1);
	put_fields(render, common_fields, event);
	put_fields(render, event_fields(event->kind), event);
	put(render, "}\n", 3); /* and a NUL */
	render->size--;
}

/*
 * A text of a process's is at most 4 KiB when it comes, and a byte becomes at most six: texts are cut first, each to
 * the same length. Then lists (an audit profile can have any number of requirements). False: there is nothing left to
 * cut.
 */
static bool cut_more(struct render *render)
{
	enum { LONGEST_TEXT = 4096, SHORTEST_TEXT = 64, LONGEST_LIST = 4096 };

	if (render->text_limit > SHORTEST_TEXT)
		render->text_limit = render->text_limit > LONGEST_TEXT ? LONGEST_TEXT : render->text_limit / 2;
	else
		render->list_limit = render->list_limit > LONGEST_LIST ? LONGEST_LIST : render->list_limit / 2;
	return render->list_limit > 0;
}

int json_render(const struct event *event, char **line, size_t *size)
{
	struct render render = { .text_limit = SIZE_MAX, .list_limit = SIZE_MAX };

	do
		put_event(&render, event);
	while (!render.failed && render.size > LINE_MAX_BYTES && cut_more(&render));
	if (render.failed) {
		free(render.bytes);
		return -ENOMEM;
	}
	*line = render.bytes;
	*size = render.size;
	return 0;
}
