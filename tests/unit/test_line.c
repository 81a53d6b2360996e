// SPDX-License-Identifier: BSD-2-Clause
/* How long a line gets, whatever its texts hold, and what is left of them. */
#include "../../user/output/fields.h"
#include "../../user/output/json.h"
#include "../../user/output/text.h"
#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 4096, ITEMS = 8, COMPONENT = 255 };

static const size_t bounds[] = { LINE_LEAST, LINE_MAX_BYTES, LINE_MOST };

/* What a process could fill a text with: a pattern, repeated. */
static const struct {
	const char *bytes;
	size_t size;
} patterns[] = {
	{ BYTES("x") },
	{ BYTES("\x01") },
	{ BYTES("\xff") },
	{ BYTES("\"") },
	{ BYTES("/") },
	{ BYTES("\xc3\xa9") },
	{ BYTES("\xe2\x80\xa8") },
	{ BYTES("\xe2\x82\xac") },
	{ BYTES("\0") },
	{ BYTES("\xff\0") },
	{ BYTES("a\0") },
	{ BYTES("\x01\xff") },
	{ BYTES("\xf0\x9f\x98") },
	{ BYTES("a\xf0\x9f\x98\x80\0") },
	{ BYTES("\x7f\0\0\0\0") },
};

static char hostile[TEXT_SIZE], hostile_path[TEXT_SIZE];
static size_t hostile_size;
static bool
    mixed; /* bytes that are shown in hex too, beside such as take six: no line can have 255 of them five times */
static _Alignas(8) char items[64 * 1024];
static size_t items_used, depth;
static const char *filled; /* the part that is being filled */

static void set_hostile(size_t pattern)
{
	mixed = patterns[pattern].size > 1;
	hostile_size = TEXT_SIZE - TEXT_SIZE % patterns[pattern].size;
	for (size_t i = 0; i < hostile_size; i++)
		hostile[i] = patterns[pattern].bytes[i % patterns[pattern].size];
	for (size_t i = 0; i < hostile_size; i++)
		hostile_path[i] = (char)(hostile[i] == '/' ? 'y' : hostile[i]);
	for (size_t i = hostile_size - 1; i > COMPONENT; i -= COMPONENT + 1) /* NAME_MAX */
		hostile_path[i - COMPONENT] = '/';
}

/*
 * As long as what the text comes from: records.h, signature.h. What a module's author or a process chose may be 4 KiB.
 * 0: the text is ours.
 */
static size_t longest(const struct field *field)
{
	static const struct {
		const char *key;
		size_t size;
	} rows[] = { { "params", TEXT_SIZE }, { "rule", TEXT_SIZE }, { "name", 55 }, { "version", TEXT_SIZE },
		     { "alias", 55 },	      { "comm", 15 },	     { "fs", 15 },   { "srcversion", 64 },
		     { "signer", 128 },	      { "title", 256 },	     { "tty", 63 } };

	if (field->type != FIELD_TEXT)
		return TEXT_SIZE;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!strcmp(rows[i].key, field->key) && (strcmp(field->key, "name") || !strcmp(filled, "module")))
			return rows[i].size;
	return 0;
}

static struct text text_for(const struct field *field)
{
	size_t size = longest(field);

	if (!strcmp(field->key, "sha256"))
		return text_of("eb390bce062bd7aebf50a63b61e091c34474c746834f726cd9feab91f4ece59d");
	if (!size)
		return text_of(strcmp(filled, "host") ? "word_of_ours" : "01234567-89ab-cdef-0123-456789abcdef");
	if (size > hostile_size)
		size = hostile_size;
	return (struct text) { .known = KNOWN,
			       .bytes = field->type == FIELD_PATH ? hostile_path + hostile_size - size : hostile,
			       .size = size };
}

static void fill(const struct field *fields, void *part);

static void fill_list(const struct field *field, struct list *list)
{
	static const struct count_part counts[ITEMS] = {
		[0 ... ITEMS - 1] = { "attempts_suppressed", UINT64_MAX },
	};
	static struct text texts[ITEMS];

	for (size_t i = 0; i < ITEMS; i++)
		texts[i] = (struct text) { .known = KNOWN, .bytes = hostile, .size = hostile_size };
	*list = (struct list) { .known = KNOWN, .count = ITEMS, .items = texts };
	if (field->type == FIELD_COUNTS)
		list->items = counts;
	if (field->type != FIELD_LIST)
		return;
	/* a list in a list: its maker keeps the whole within bounds (parity.c) */
	list->count = depth ? 1 : ITEMS;
	list->items = items + items_used;
	items_used += list->count * field->item_size;
	assert_true(items_used <= sizeof(items));
	depth++;
	for (size_t i = 0; i < list->count; i++)
		fill(field->fields, (char *)list->items + i * field->item_size);
	depth--;
}

static bool is_long(const char *key)
{
	return !strcmp(key, "seq") || !strcmp(key, "boot_ns") || !strcmp(key, "inode");
}

/* Every number the longest, every text hostile, every part there. */
static void fill(const struct field *fields, void *part)
{
	*(enum known *)part = KNOWN;
	for (const struct field *field = fields; field->key; field++) {
		void *value = (char *)part + field->offset;

		switch (field->type) {
		case FIELD_TEXT:
		case FIELD_PATH:
		case FIELD_ARGV:
			*(struct text *)value = text_for(field);
			break;
		case FIELD_OBJECT:
			filled = field->key;
			fill(field->fields, value);
			filled = "";
			break;
		case FIELD_TEXTS:
		case FIELD_COUNTS:
		case FIELD_LIST:
			fill_list(field, value);
			break;
		default:
			*(struct number *)value =
			    number_of(field->type == FIELD_TIME || is_long(field->key) ? UINT64_MAX : UINT32_MAX);
		}
	}
}

static json_object *companion(json_object *object, const char *key, const char *suffix)
{
	json_object *found = NULL;
	char name[64];

	snprintf(name, sizeof(name), "%s%s", key, suffix);
	json_object_object_get_ex(object, name, &found);
	return found;
}

static size_t unhex(json_object *hex, char *out)
{
	const char *digits = json_object_get_string(hex);
	size_t size = json_object_get_string_len(hex) / 2;

	for (size_t i = 0; i < size; i++) {
		unsigned int byte;

		assert_int_equal(sscanf(digits + i * 2, "%2x", &byte), 1);
		out[i] = (char)byte;
	}
	return size;
}

/* The bytes that a text stands for, from its hex where there is one. */
static size_t shown(json_object *value, json_object *hex, char *out)
{
	if (hex)
		return unhex(hex, out);
	memcpy(out, json_object_get_string(value), json_object_get_string_len(value));
	return json_object_get_string_len(value);
}

/* An argument list as one text again, with a NUL after each. */
static size_t shown_arguments(json_object *value, json_object *hex, char *out)
{
	size_t size = 0;

	assert_true(!hex || json_object_array_length(hex) == json_object_array_length(value));
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		size += shown(json_object_array_get_idx(value, i), hex ? json_object_array_get_idx(hex, i) : NULL,
			      out + size);
		out[size++] = '\0';
	}
	return size;
}

/* The last component is what is never cut, as far as that is possible. */
static size_t last_component(const struct text *path)
{
	size_t name = path->size;
	const char *slash;

	while (name && path->bytes[name - 1] == '/')
		name--;
	slash = memrchr(path->bytes, '/', name);

	return slash ? path->size - (size_t)(slash + 1 - path->bytes) : path->size;
}

/* Both ends of the arguments are there, around the gap. */
static void check_argv(const struct text *argv, size_t size, bool cut, json_object *gap, const char *bytes)
{
	if (!cut) {
		assert_int_equal(size, argv->size);
		assert_memory_equal(bytes, argv->bytes, size);
		return;
	}
	assert_non_null(gap);
	assert_true(size >= 8);
	assert_memory_equal(bytes, argv->bytes, 4);
	/* between the two an argument may end that does not end in the text */
	assert_true(!memcmp(bytes + size - 3, argv->bytes + argv->size - 3, 3));
}

/*
 * What is shown of the text is its bytes, all of them or marked as cut, and cut between characters. Of a path it is the
 * end, of another text the beginning.
 */
static void check_shown(json_object *object, const struct field *field, const struct text *text, size_t bound)
{
	json_object *value = companion(object, field->key, ""), *hex = companion(object, field->key, "_hex");
	json_object *whole = companion(object, field->key, "_length");
	bool cut = companion(object, field->key, "_truncated") != NULL;
	static char bytes[2 * TEXT_SIZE];
	const char *at = text->bytes;
	size_t size;

	assert_non_null(value);
	assert_true(cut == (whole != NULL));
	if (cut)
		assert_int_equal(json_object_get_int(whole), text->size);
	if (hex)
		assert_false(utf8_valid(text->bytes, text->size));
	if (field->type == FIELD_ARGV) {
		size = shown_arguments(value, hex, bytes);
		if (size && text->bytes[text->size - 1] != '\0')
			size--; /* the last argument's end was not in the text */
		check_argv(text, size, cut, companion(object, field->key, "_gap"), bytes);
		return;
	}
	size = shown(value, hex, bytes);
	if (field->type == FIELD_PATH)
		at = text->bytes + text->size - size;
	if (size > text->size || memcmp(bytes, at, size) || (size < text->size) != cut)
		fail_msg("%s: %zu of %zu bytes, cut %d", field->key, size, text->size, cut);
	assert_true(size >= 5 || size == text->size);
	assert_true(text->size > SHORT_TEXT || field->type == FIELD_PATH || !cut);
	if (field->type == FIELD_PATH && bound > LINE_LEAST)
		if (size < last_component(text) && (!mixed || size < 128 - 3))
			fail_msg("%s: %zu bytes of its last component: %s", field->key, size,
				 json_object_to_json_string(object));
}

static void check(json_object *object, const struct field *fields, const void *part, size_t bound);

/* The items from the first on; all of them, or marked as cut. */
static void check_list(json_object *object, const struct field *field, const struct list *list, size_t bound)
{
	json_object *array = companion(object, field->key, "");
	size_t count = json_object_array_length(array);

	assert_true(count == list->count || companion(object, field->key, "_truncated"));
	for (size_t i = 0; i < count; i++)
		check(json_object_array_get_idx(array, i), field->fields,
		      (const char *)list->items + i * field->item_size, bound);
}

/* Of each item the bytes from the first on; all of all of them, or the list is marked as cut. */
static void check_texts(json_object *object, const struct field *field, const struct list *list)
{
	json_object *array = companion(object, field->key, ""), *hex = companion(object, field->key, "_hex");
	size_t count = json_object_array_length(array);
	const struct text *texts = list->items;
	bool cut = count < list->count;
	static char bytes[TEXT_SIZE + 1];

	assert_true(!hex || json_object_array_length(hex) == count);
	for (size_t i = 0; i < count; i++) {
		size_t size =
		    shown(json_object_array_get_idx(array, i), hex ? json_object_array_get_idx(hex, i) : NULL, bytes);

		assert_true(size <= texts[i].size && !memcmp(bytes, texts[i].bytes, size));
		cut |= size < texts[i].size;
	}
	if (cut != (companion(object, field->key, "_truncated") != NULL))
		fail_msg("%s: cut %d, and not marked so", field->key, cut);
}

static void check(json_object *object, const struct field *fields, const void *part, size_t bound)
{
	for (const struct field *field = fields; field->key; field++) {
		const void *value = (const char *)part + field->offset;
		const struct list *list = value;

		if (!companion(object, field->key, "") && limits_spares(LEAST, field->key))
			continue;
		if (field->type == FIELD_TEXT || field->type == FIELD_PATH || field->type == FIELD_ARGV)
			check_shown(object, field, value, bound);
		if (field->type == FIELD_OBJECT)
			check(companion(object, field->key, ""), field->fields, value, bound);
		if (field->type == FIELD_LIST)
			check_list(object, field, list, bound);
		if (field->type == FIELD_TEXTS)
			check_texts(object, field, list);
	}
}

static void check_bound(struct event *event, size_t bound)
{
	json_object *object;
	size_t size;
	char *line;

	assert_int_equal(json_render(event, bound, &line, &size), 0);
	if (size > bound)
		fail_msg("%s: %zu bytes, not %zu: %s", event_name(event->kind), size, bound, line);
	object = line_parse(line, size);
	check(object, common_fields, event, bound);
	check(object, event_fields(event->kind), event, bound);
	json_object_put(object);
	free(line);
}

/* Under valgrind (tests/unit/run), all patterns would take three minutes; each kind takes others of them then. */
static void hostile_texts_everywhere(void **state)
{
	size_t each = getenv("WRAPPER") ? 5 : 1;

	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		for (size_t i = kind % each; i < COUNT(patterns); i += each) {
			struct event event = { 0 };

			set_hostile(i);
			items_used = 0;
			filled = "";
			fill(common_fields, &event);
			fill(event_fields(kind), &event);
			event.kind = kind; /* fill() writes there */
			for (size_t j = 0; j < COUNT(bounds); j++)
				check_bound(&event, bounds[j]);
		}
	}
}

static size_t alias_size(const char *bytes, size_t size, bool *cut)
{
	struct event event = { .kind = EVENT_MODULE_REQUEST };
	json_object *object;
	char *line;

	event.alias = (struct text) { .known = KNOWN, .bytes = bytes, .size = size };
	object = line_of(&event, &line);
	size = strlen(line);
	*cut = companion(object, "alias", "_truncated");
	json_object_put(object);
	free(line);
	return size;
}

static void the_longest_line(void **state)
{
	static char bytes[LINE_MOST];
	const size_t fits = LINE_MOST - strlen("{\"alias\":\"\"}\n");
	bool cut;

	memset(bytes, 'a', sizeof(bytes));
	assert_int_equal(alias_size(bytes, fits, &cut), LINE_MOST);
	assert_false(cut);
	assert_true(alias_size(bytes, fits + 1, &cut) <= LINE_MOST);
	assert_true(cut);
}

/* One long text costs the short ones nothing. */
static void short_texts_stay(void **state)
{
	static char bytes[4 * TEXT_SIZE];
	struct event event = { .kind = EVENT_MODULE_REQUEST };
	json_object *object;

	memset(bytes, 1, sizeof(bytes));
	event.alias = (struct text) { .known = KNOWN, .bytes = bytes, .size = sizeof(bytes) };
	event.process = (struct process) { .known = KNOWN, .comm = text_of("modprobe") };
	object = line_of(&event, NULL);
	assert_json(object, "{'alias_truncated':true, 'process':{'comm':'modprobe', 'comm_truncated':'@absent'}}");
	json_object_put(object);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_texts_everywhere),
		cmocka_unit_test(the_longest_line),
		cmocka_unit_test(short_texts_stay),
	};

	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
