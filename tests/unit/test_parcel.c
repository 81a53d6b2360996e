// SPDX-License-Identifier: BSD-2-Clause
/* An event comes out of a parcel as it went in: every kind, with everything that can be in it. */
#include "../../user/output/fields.h"
#include "../../user/output/json.h"
#include "../../user/output/parcel.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 3 };

static struct arena made;
static uint64_t next;

static const char *some_text(size_t *size)
{
	static const char *const texts[] = { "", "a", "\xff\x1b[31m", "with\0a NUL", "long long long" };
	static const size_t sizes[] = { 0, 1, 6, 10, 14 };
	size_t i = next++ % COUNT(texts);

	*size = sizes[i];
	return texts[i];
}

static void fill(const struct field *fields, void *part, int depth);

static void fill_list(const struct field *field, struct list *list, int depth)
{
	size_t size = field->type == FIELD_COUNTS ? sizeof(struct count_part) : field->item_size;
	char *items;

	list->truncated = next++ % 3 == 0;
	list->count = depth ? next++ % 4 : 0;
	items = arena_alloc(&made, list->count * size);
	for (size_t i = 0; i < list->count; i++) {
		void *item = items + i * size;

		if (field->type == FIELD_COUNTS) {
			*(struct count_part *)item = (struct count_part) { "key", next++ };
			continue;
		}
		*(enum known *)item = next++ % 5 ? KNOWN : UNKNOWN;
		if (field->type == FIELD_TEXTS)
			((struct text *)item)->bytes = some_text(&((struct text *)item)->size);
		else
			fill(field->fields, item, depth - 1);
	}
	list->items = items;
}

static void fill(const struct field *fields, void *part, int depth)
{
	for (const struct field *field = fields; field->key; field++) {
		void *value = (char *)part + field->offset;
		struct text *text = value;

		*(enum known *)value = (enum known)(next++ % 7 < 5 ? KNOWN : next % 2 ? UNKNOWN : ABSENT);
		switch (field->type) {
		case FIELD_INT:
		case FIELD_UINT:
		case FIELD_BOOL:
		case FIELD_TIME:
			((struct number *)value)->value = next++ * 0x9e3779b97f4a7c15;
			break;
		case FIELD_TEXT:
		case FIELD_PATH:
		case FIELD_ARGV:
			text->truncated = next++ % 2;
			text->detached = next++ % 3 == 0;
			text->bytes = some_text(&text->size);
			break;
		case FIELD_OBJECT:
			fill(field->fields, value, depth);
			break;
		default:
			fill_list(field, value, depth);
		}
	}
}

static char *json_of(const struct event *event)
{
	size_t size;
	char *line;

	assert_int_equal(json_render(event, LINE_MOST, &line, &size), 0);
	line[size - 1] = '\0';
	return line;
}

static void each_kind(void **state)
{
	for (int round = 0; round < 500; round++) {
		struct event event = { .kind = (enum event_kind)(round % EVENT_KINDS) }, out;
		struct arena arena = { 0 };
		char *bytes, *copy, *before, *after;
		size_t size;

		fill(event_fields(event.kind), &event, DEPTH);
		assert_int_equal(parcel_pack(&event, &bytes, &size), 0);
		copy = exact_copy(bytes, size);
		assert_int_equal(parcel_unpack(copy, size, &arena, &out), 0);
		free(copy); /* nothing points to it */
		before = json_of(&event);
		after = json_of(&out);
		assert_string_equal(before, after);
		free(before);
		free(after);
		free(bytes);
		arena_free(&arena);
	}
	arena_free(&made);
}

/* Every beginning of one, and one that goes on. */
static void cut_or_longer(void **state)
{
	struct event event = { .kind = EVENT_AUDIT_PARITY }, out = { .kind = EVENT_KINDS };
	char *bytes;
	size_t size;

	fill(event_fields(event.kind), &event, DEPTH);
	assert_int_equal(parcel_pack(&event, &bytes, &size), 0);
	for (size_t cut = 0; cut <= size + 1; cut++) {
		struct arena arena = { 0 };
		char *copy = calloc(1, cut + 1);

		memcpy(copy, bytes, cut < size ? cut : size);
		if (cut != size)
			assert_int_equal(parcel_unpack(copy, cut, &arena, &out), -EBADMSG);
		free(copy);
		arena_free(&arena);
	}
	assert_int_equal(out.kind, EVENT_KINDS);
	free(bytes);
	arena_free(&made);
}

static void nonsense(void **state)
{
	struct event event = { .kind = EVENT_AUDIT_PARITY };
	char *bytes;
	size_t size;

	fill(event_fields(event.kind), &event, DEPTH);
	assert_int_equal(parcel_pack(&event, &bytes, &size), 0);
	for (size_t i = 0; i < size; i++) {
		struct arena arena = { 0 };
		struct event out;
		char *copy = exact_copy(bytes, size);

		copy[i] = (char)(copy[i] ^ 0xff);
		if (!parcel_unpack(copy, size, &arena, &out)) {
			char *line = json_of(&out);

			free(line);
		}
		free(copy);
		arena_free(&arena);
	}
	free(bytes);
	arena_free(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind),
		cmocka_unit_test(cut_or_longer),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests_name("parcel", tests, NULL, NULL);
}
