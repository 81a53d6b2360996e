// SPDX-License-Identifier: BSD-2-Clause
/*
 * JSON lines. json-c builds and prints; two things are ours: bytes that are not UTF-8 (U+FFFD for each, and all bytes
 * in hex beside it), and the escaping of every character that could act on a terminal or pass for a line's end.
 */
#include "json.h"
#include "../cleanup.h"
#include "fields.h"
#include "text.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

struct render {
	size_t text_limit; /* bytes of any one text */
	size_t list_limit; /* items of any one list */
};

static int add_fields(struct render *render, json_object *to, const struct field *fields, const void *part);

/* Controls (C0, DEL, C1), line and paragraph separators, and what reorders the text around it. */
static bool must_escape(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static int print_text(json_object *object, struct printbuf *to, int level, int flags)
{
	const char *bytes = json_object_get_string(object);
	size_t size = json_object_get_string_len(object);
	size_t plain = 0; /* start of what needs no escape */

	(void)level;
	(void)flags;
	printbuf_memappend(to, "\"", 1);
	for (size_t i = 0; i < size;) {
		uint32_t code = 0;
		size_t length = utf8_char(bytes + i, size - i, &code);
		char escaped[8];

		if (code == '"' || code == '\\')
			snprintf(escaped, sizeof(escaped), "\\%c", (int)code);
		else if (must_escape(code))
			snprintf(escaped, sizeof(escaped), "\\u%04x", code);
		else {
			i += length;
			continue;
		}
		printbuf_memappend(to, bytes + plain, i - plain);
		printbuf_memappend(to, escaped, strlen(escaped));
		i += length;
		plain = i;
	}
	printbuf_memappend(to, bytes + plain, size - plain);
	return printbuf_memappend(to, "\"", 1);
}

/* A string object of valid UTF-8; NULL: no memory. */
static json_object *text_object(const char *bytes, size_t size)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	_cleanup_(freep) char *clean = NULL;
	json_object *object;
	size_t used = 0;

	if (!utf8_valid(bytes, size)) {
		clean = malloc(size * 3 + 1);
		if (!clean)
			return NULL;
		for (size_t i = 0; i < size;) {
			size_t length = utf8_char(bytes + i, size - i, NULL);

			memcpy(clean + used, length ? bytes + i : replacement, length ? length : 3);
			used += length ? length : 3;
			i += length ? length : 1;
		}
		bytes = clean;
		size = used;
	}
	object = json_object_new_string_len(bytes, size);
	if (object)
		json_object_set_serializer(object, print_text, NULL, NULL);
	return object;
}

static json_object *hex_object(const char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	_cleanup_(freep) char *hex = malloc(size * 2 + 1);

	if (!hex)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		hex[i * 2] = digits[(unsigned char)bytes[i] >> 4];
		hex[i * 2 + 1] = digits[(unsigned char)bytes[i] & 15];
	}
	return json_object_new_string_len(hex, size * 2);
}

/* Adds value under key. Keys are constants, or copied where copy_key says so. NULL value: no memory. */
static int add(json_object *to, const char *key, json_object *value)
{
	if (!value)
		return -ENOMEM;
	return json_object_object_add(to, key, value) ? -ENOMEM : 0;
}

static int add_null(json_object *to, const char *key)
{
	return json_object_object_add(to, key, NULL) ? -ENOMEM : 0;
}

static int add_suffixed(json_object *to, const char *key, const char *suffix, json_object *value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", key, suffix);
	return add(to, name, value);
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

static int add_text(const struct render *render, json_object *to, const char *key, const struct text *text)
{
	size_t size = limited(render, text->bytes, text->size);
	int err;

	err = add(to, key, text_object(text->bytes, size));
	if (!err && !utf8_valid(text->bytes, size))
		err = add_suffixed(to, key, "_hex", hex_object(text->bytes, size));
	if (!err && (text->truncated || size < text->size))
		err = add_suffixed(to, key, "_truncated", json_object_new_boolean(true));
	if (!err && text->detached)
		err = add_suffixed(to, key, "_detached", json_object_new_boolean(true));
	return err;
}

static int add_argv(const struct render *render, json_object *to, const char *key, const struct text *argv)
{
	size_t size = limited(render, argv->bytes, argv->size);
	json_object *texts = json_object_new_array();
	json_object *hexes = NULL;
	bool valid = utf8_valid(argv->bytes, size);
	int err = texts ? 0 : -ENOMEM;

	if (!err && !valid) {
		hexes = json_object_new_array();
		err = hexes ? 0 : -ENOMEM;
	}
	for (size_t i = 0; !err && i < size;) {
		size_t length = strnlen(argv->bytes + i, size - i);
		json_object *text = text_object(argv->bytes + i, length);

		if (!text || json_object_array_add(texts, text))
			err = -ENOMEM;
		if (!err && hexes) {
			json_object *hex = hex_object(argv->bytes + i, length);

			if (!hex || json_object_array_add(hexes, hex))
				err = -ENOMEM;
		}
		i += length + 1;
	}
	if (err) {
		json_object_put(texts);
		json_object_put(hexes);
		return err;
	}
	err = add(to, key, texts);
	if (hexes && !err)
		err = add_suffixed(to, key, "_hex", hexes);
	if (!err && (argv->truncated || size < argv->size))
		err = add_suffixed(to, key, "_truncated", json_object_new_boolean(true));
	return err;
}

static int add_time(json_object *to, const char *key, uint64_t ns)
{
	char text[TIME_TEXT_SIZE];

	format_time(ns, text);
	return add(to, key, json_object_new_string(text));
}

static int add_counts(json_object *to, const char *key, const struct list *list)
{
	const struct count_part *counts = list->items;
	json_object *object = json_object_new_object();
	int err = add(to, key, object);

	for (size_t i = 0; !err && i < list->count; i++)
		err = add(object, counts[i].key, json_object_new_uint64(counts[i].count));
	return err;
}

static int add_item(struct render *render, json_object *array, const struct field *field, const void *part)
{
	const struct text *text = part;
	json_object *item = NULL;

	if (*(const enum known *)part == KNOWN) {
		item = field->type == FIELD_TEXTS ? text_object(text->bytes, limited(render, text->bytes, text->size))
						  : json_object_new_object();
		if (!item)
			return -ENOMEM;
	}
	if (json_object_array_add(array, item)) {
		json_object_put(item);
		return -ENOMEM;
	}
	return field->type == FIELD_LIST && item ? add_fields(render, item, field->fields, part) : 0;
}

static int add_list(struct render *render, json_object *to, const struct field *field, const struct list *list)
{
	size_t shown = list->count < render->list_limit ? list->count : render->list_limit;
	json_object *array = json_object_new_array_ext((int)shown);
	int err = add(to, field->key, array);

	for (size_t i = 0; !err && i < shown; i++)
		err = add_item(render, array, field, (const char *)list->items + i * field->item_size);
	if (!err && (list->truncated || shown < list->count))
		err = add_suffixed(to, field->key, "_truncated", json_object_new_boolean(true));
	return err;
}

static int add_object(struct render *render, json_object *to, const struct field *field, const void *part)
{
	json_object *object = json_object_new_object();
	int err = add(to, field->key, object);

	return err ? err : add_fields(render, object, field->fields, part);
}

static int add_field(struct render *render, json_object *to, const struct field *field, const void *value)
{
	const struct number *number = value;

	/* every value and every part starts with it */
	switch (*(const enum known *)value) {
	case ABSENT:
		return 0;
	case UNKNOWN:
		return add_null(to, field->key);
	case KNOWN:
		break;
	}
	switch (field->type) {
	case FIELD_INT:
		return add(to, field->key, json_object_new_int64((int64_t)number->value));
	case FIELD_UINT:
		return add(to, field->key, json_object_new_uint64(number->value));
	case FIELD_BOOL:
		return add(to, field->key, json_object_new_boolean(number->value != 0));
	case FIELD_TIME:
		return add_time(to, field->key, number->value);
	case FIELD_TEXT:
		return add_text(render, to, field->key, value);
	case FIELD_ARGV:
		return add_argv(render, to, field->key, value);
	case FIELD_COUNTS:
		return add_counts(to, field->key, value);
	case FIELD_OBJECT:
		return add_object(render, to, field, value);
	case FIELD_TEXTS:
	case FIELD_LIST:
		return add_list(render, to, field, value);
	}
	return 0;
}

static int add_fields(struct render *render, json_object *to, const struct field *fields, const void *part)
{
	int err = 0;

	for (const struct field *field = fields; !err && field->key; field++)
		err = add_field(render, to, field, (const char *)part + field->offset);
	return err;
}

/* Prints the event with the limits as they are. *object holds the text, and is the caller's to put. */
static int print_event(struct render *render, const struct event *event, json_object **object, const char **text,
		       size_t *size)
{
	int err;

	*object = json_object_new_object();
	if (!*object)
		return -ENOMEM;
	err = add_fields(render, *object, common_fields, event);
	if (!err)
		err = add_fields(render, *object, event_fields(event->kind), event);
	if (!err)
		*text = json_object_to_json_string_length(*object, JSON_C_TO_STRING_PLAIN, size);
	return err || !*text ? -ENOMEM : 0;
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
	json_object *object;
	const char *text;
	size_t length;
	char *copy;
	int err;

	for (;;) {
		err = print_event(&render, event, &object, &text, &length);
		if (err || length < LINE_MAX_BYTES || !cut_more(&render))
			break;
		json_object_put(object);
	}
	copy = err ? NULL : malloc(length + 2);
	if (copy) {
		memcpy(copy, text, length);
		memcpy(copy + length, "\n", 2);
		*line = copy;
		*size = length + 1;
	}
	json_object_put(object);
	return copy ? 0 : -ENOMEM;
}
