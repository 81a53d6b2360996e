// SPDX-License-Identifier: BSD-2-Clause
/*
 * JSON lines, written from the event straight into the line: a tree of objects in between took more than half of all
 * that an event costs. Bytes that are not UTF-8 become U+FFFD each, with all bytes in hex beside the text; every
 * character that could act on a terminal or pass for a line's end is escaped.
 */
#include "json.h"
#include "fields.h"
#include "writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct render {
	struct writer line;
	const struct limits *limits;
	size_t depth; /* of lists in lists */
	enum keys_shown keys;
	bool shortened; /* keys were left out */
};

static void put_fields(struct render *render, const struct field *fields, const void *part);

static void put_mark(struct render *render, const char *key, const char *suffix)
{
	put_key(&render->line, key, suffix);
	put_bool(&render->line, true);
}

/* What stands beside a value that is not all there. whole: 0 where nobody knows. */
static void put_cut(struct render *render, const char *key, uint64_t whole)
{
	put_mark(render, key, "_truncated");
	put_key(&render->line, key, "_length");
	if (whole)
		put_uint(&render->line, whole);
	else
		put_string(&render->line, "null");
}

static uint64_t whole_of(const struct text *text)
{
	return text->truncated ? text->length : text->size;
}

static void put_bytes(struct render *render, const char *key, const struct text *text, struct extent shown)
{
	struct writer *line = &render->line;

	put_key(line, key, "");
	if (!put_text(line, text->bytes + shown.from, shown.size)) {
		put_key(line, key, "_hex");
		put_hex(line, text->bytes + shown.from, shown.size);
	}
	if (text->truncated || shown.size < text->size)
		put_cut(render, key, whole_of(text));
	if (text->detached)
		put_mark(render, key, "_detached");
}

/* Each as text or in hex; all of them valid UTF-8, else false. Returns how many there are. */
static size_t put_arguments(struct writer *line, const char *bytes, size_t size, bool in_hex, bool *valid)
{
	size_t count = 0;

	for (size_t i = 0; i < size; count++) {
		size_t length = strnlen(bytes + i, size - i);

		put_comma(line);
		if (in_hex)
			put_hex(line, bytes + i, length);
		else
			*valid &= put_text(line, bytes + i, length);
		i += length + 1;
	}
	return count;
}

/* Both ends of the arguments under the key. Returns how many are before the gap; *valid: all were UTF-8. */
static size_t put_ends(struct writer *line, const char *bytes, struct extent head, struct extent tail, bool in_hex,
		       bool *valid)
{
	size_t before;

	put(line, "[", 1);
	before = put_arguments(line, bytes, head.size, in_hex, valid);
	put_arguments(line, bytes + tail.from, tail.size, in_hex, valid);
	put(line, "]", 1);
	return before;
}

static void put_argv(struct render *render, const char *key, const struct text *argv)
{
	struct writer *line = &render->line;
	struct extent head, tail;
	bool valid = true;
	size_t before;

	limits_argv(render->limits, argv, &head, &tail);
	put_key(line, key, "");
	before = put_ends(line, argv->bytes, head, tail, false, &valid);
	if (!valid) {
		put_key(line, key, "_hex");
		put_ends(line, argv->bytes, head, tail, true, &valid);
	}
	if (!argv->truncated && head.size + tail.size == argv->size)
		return;
	put_cut(render, key, whole_of(argv));
	if (tail.size) {
		put_key(line, key, "_gap");
		put_uint(line, before);
	}
}

static void put_counts(struct render *render, const struct list *list)
{
	const struct count_part *counts = list->items;

	put(&render->line, "{", 1);
	for (size_t i = 0; i < list->count; i++) {
		put_key(&render->line, counts[i].key, "");
		put_uint(&render->line, counts[i].count);
	}
	put(&render->line, "}", 1);
}

static void put_object(struct render *render, const struct field *fields, const void *part)
{
	put(&render->line, "{", 1);
	put_fields(render, fields, part);
	put(&render->line, "}", 1);
}

/* Of who is behind the event less is shown than of the event. */
static void put_part(struct render *render, const struct field *field, const void *part)
{
	enum keys_shown keys = render->keys;

	if (!strcmp(field->key, "requested_by"))
		render->keys = render->limits->requester;
	put_object(render, field->fields, part);
	render->keys = keys;
}

static size_t shown_items(const struct render *render, const struct list *list)
{
	size_t most = render->depth ? render->limits->inner : render->limits->items;

	return list->count < most ? list->count : most;
}

static void put_list_cut(struct render *render, const char *key, const struct list *list)
{
	put_cut(render, key, list->truncated ? list->total : list->count);
}

/* A list's texts, or all of them in hex. Returns whether they were valid UTF-8; *cut where one is not shown whole. */
static bool put_texts(struct render *render, const struct list *list, bool in_hex, bool *cut)
{
	const struct text *texts = list->items;
	struct writer *line = &render->line;
	bool valid = true;

	put(line, "[", 1);
	for (size_t i = 0; i < shown_items(render, list); i++) {
		size_t size = limits_text(render->limits, &texts[i]).size;

		put_comma(line);
		if (texts[i].known != KNOWN)
			put_string(line, "null");
		else if (in_hex)
			put_hex(line, texts[i].bytes, size);
		else
			valid &= put_text(line, texts[i].bytes, size);
		*cut |= texts[i].truncated || size < texts[i].size;
	}
	put(line, "]", 1);
	return valid;
}

static void put_text_list(struct render *render, const char *key, const struct list *list)
{
	bool cut = list->truncated || shown_items(render, list) < list->count;

	put_key(&render->line, key, "");
	if (!put_texts(render, list, false, &cut)) {
		put_key(&render->line, key, "_hex");
		put_texts(render, list, true, &cut);
	}
	if (cut)
		put_list_cut(render, key, list);
}

static void put_list(struct render *render, const struct field *field, const struct list *list)
{
	size_t shown = shown_items(render, list);

	put_key(&render->line, field->key, "");
	put(&render->line, "[", 1);
	render->depth++;
	for (size_t i = 0; i < shown; i++) {
		const void *part = (const char *)list->items + i * field->item_size;

		put_comma(&render->line);
		if (*(const enum known *)part == KNOWN)
			put_object(render, field->fields, part);
		else
			put_string(&render->line, "null");
	}
	render->depth--;
	put(&render->line, "]", 1);
	if (list->truncated || shown < list->count)
		put_list_cut(render, field->key, list);
}

static void put_value(struct render *render, const struct field *field, const void *value)
{
	const struct number *number = value;
	const struct text *text = value;

	switch (field->type) {
	case FIELD_TEXT: /* these put their keys themselves, since they may have more than one */
		put_bytes(render, field->key, text, limits_text(render->limits, text));
		return;
	case FIELD_PATH:
		put_bytes(render, field->key, text, limits_path(render->limits, text));
		return;
	case FIELD_ARGV:
		put_argv(render, field->key, text);
		return;
	case FIELD_TEXTS:
		put_text_list(render, field->key, value);
		return;
	case FIELD_LIST:
		put_list(render, field, value);
		return;
	default:
		put_key(&render->line, field->key, "");
	}
	switch (field->type) {
	case FIELD_INT:
		put_int(&render->line, (int64_t)number->value);
		break;
	case FIELD_UINT:
		put_uint(&render->line, number->value);
		break;
	case FIELD_BOOL:
		put_bool(&render->line, number->value != 0);
		break;
	case FIELD_TIME:
		put_time(&render->line, number->value);
		break;
	case FIELD_COUNTS:
		put_counts(render, value);
		break;
	case FIELD_OBJECT:
		put_part(render, field, value);
		break;
	default:
		break;
	}
}

static void put_fields(struct render *render, const struct field *fields, const void *part)
{
	for (const struct field *field = fields; field->key; field++) {
		const void *value = (const char *)part + field->offset;
		enum known known = *(const enum known *)value; /* every value and every part starts with it */

		if (known == ABSENT)
			continue;
		if (render->keys != WHOLE && limits_spares(render->keys, field->key)) {
			render->shortened = true;
			continue;
		}
		if (known == KNOWN) {
			put_value(render, field, value);
			continue;
		}
		put_key(&render->line, field->key, "");
		put_string(&render->line, "null");
	}
}

/* The event with the limits as they are. */
static void put_event(struct render *render, const struct event *event)
{
	render->line.size = 0;
	render->shortened = false;
	render->keys = render->limits->keys;
	put(&render->line, "{", 1);
	put_fields(render, common_fields, event);
	put_fields(render, event_fields(event->kind), event);
	if (render->shortened)
		put_mark(render, "shortened", "");
	put(&render->line, "}\n", 3); /* and a NUL */
	render->line.size--;
}

/* The first step that fits, since each shows less than the one before; the last where none does. */
static void put_within(struct render *render, const struct event *event, size_t most)
{
	size_t from = 0, to = limits_steps(event->kind) - 1;

	while (!render->line.failed && from < to) {
		size_t middle = from + (to - from) / 2;

		render->limits = limits_step(event->kind, middle);
		put_event(render, event);
		if (render->line.size <= most)
			to = middle;
		else
			from = middle + 1;
	}
	render->limits = limits_step(event->kind, from);
	put_event(render, event);
}

int json_render(const struct event *event, size_t most, char **line, size_t *size)
{
	struct render render = { .limits = &no_limits };

	put_event(&render, event);
	if (!render.line.failed && render.line.size > most)
		put_within(&render, event, most);
	if (render.line.failed) {
		free(render.line.bytes);
		return -ENOMEM;
	}
	*line = render.line.bytes;
	*size = render.line.size;
	return 0;
}
