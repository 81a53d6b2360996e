// SPDX-License-Identifier: BSD-2-Clause
/* Both ways walk the event's description (fields.h): the kind, then each value with whether it is known before it. */
#include "parcel.h"
#include "../array.h"
#include "fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- packing --- */

struct packing {
	char *bytes;
	size_t size, room;
	bool failed; /* no memory: what follows is dropped */
};

static void put(struct packing *packing, const void *bytes, size_t size)
{
	if (!packing->failed)
		packing->failed = array_reserve(packing->bytes, packing->room, packing->size + size);
	if (packing->failed || !size)
		return;
	memcpy(packing->bytes + packing->size, bytes, size);
	packing->size += size;
}

static void put_number(struct packing *packing, uint64_t number)
{
	put(packing, &number, sizeof(number));
}

static void put_text(struct packing *packing, const struct text *text)
{
	put_number(packing, text->truncated | text->detached << 1);
	put_number(packing, text->length);
	put_number(packing, text->gap);
	put_number(packing, text->size);
	put(packing, text->bytes, text->size);
}

static void pack_fields(struct packing *packing, const struct field *fields, const void *part);

static void pack_list(struct packing *packing, const struct field *field, const struct list *list)
{
	put_number(packing, list->truncated);
	put_number(packing, list->total);
	put_number(packing, list->count);
	for (size_t i = 0; i < list->count; i++) {
		const void *item = (const char *)list->items + i * field->item_size;
		const struct count_part *count = (const struct count_part *)list->items + i;

		if (field->type == FIELD_COUNTS) {
			put_number(packing, strlen(count->key));
			put(packing, count->key, strlen(count->key));
			put_number(packing, count->count);
			continue;
		}
		put_number(packing, *(const enum known *)item);
		if (*(const enum known *)item != KNOWN)
			continue;
		if (field->type == FIELD_TEXTS)
			put_text(packing, item);
		else
			pack_fields(packing, field->fields, item);
	}
}

static void pack_value(struct packing *packing, const struct field *field, const void *value)
{
	put_number(packing, *(const enum known *)value);
	if (*(const enum known *)value != KNOWN)
		return;
	switch (field->type) {
	case FIELD_INT:
	case FIELD_UINT:
	case FIELD_BOOL:
	case FIELD_TIME:
		put_number(packing, ((const struct number *)value)->value);
		break;
	case FIELD_TEXT:
	case FIELD_PATH:
	case FIELD_ARGV:
		put_text(packing, value);
		break;
	case FIELD_TEXTS:
	case FIELD_COUNTS:
	case FIELD_LIST:
		pack_list(packing, field, value);
		break;
	case FIELD_OBJECT:
		pack_fields(packing, field->fields, value);
		break;
	}
}

static void pack_fields(struct packing *packing, const struct field *fields, const void *part)
{
	for (const struct field *field = fields; field->key; field++)
		pack_value(packing, field, (const char *)part + field->offset);
}

int parcel_pack(const struct event *event, char **bytes, size_t *size)
{
	struct packing packing = { 0 };

	put_number(&packing, event->kind);
	pack_fields(&packing, event_fields(event->kind), event);
	if (packing.failed) {
		free(packing.bytes);
		return -ENOMEM;
	}
	*bytes = packing.bytes;
	*size = packing.size;
	return 0;
}

/* --- unpacking --- */

struct unpacking {
	const char *at;
	size_t left;
	struct arena *arena;
	int err;
};

static const char *take(struct unpacking *unpacking, size_t size)
{
	const char *bytes = unpacking->at;

	if (!unpacking->err && size > unpacking->left)
		unpacking->err = -EBADMSG;
	if (unpacking->err)
		return NULL;
	unpacking->at += size;
	unpacking->left -= size;
	return bytes;
}

static uint64_t take_number(struct unpacking *unpacking)
{
	const char *bytes = take(unpacking, sizeof(uint64_t));
	uint64_t number = 0;

	if (bytes)
		memcpy(&number, bytes, sizeof(number));
	return number;
}

/* No more than most; what is more was not packed here. */
static uint64_t take_up_to(struct unpacking *unpacking, uint64_t most)
{
	uint64_t number = take_number(unpacking);

	if (number > most && !unpacking->err)
		unpacking->err = -EBADMSG;
	return unpacking->err ? 0 : number;
}

static const char *take_bytes(struct unpacking *unpacking, size_t *size)
{
	const char *bytes, *copy;

	*size = take_up_to(unpacking, unpacking->left);
	bytes = take(unpacking, *size);
	copy = bytes ? arena_text(unpacking->arena, bytes, *size) : NULL;
	if (bytes && !copy)
		unpacking->err = -ENOMEM;
	return copy;
}

static void take_text(struct unpacking *unpacking, struct text *text)
{
	uint64_t marks = take_up_to(unpacking, 3);

	text->truncated = marks & 1;
	text->detached = marks >> 1;
	text->length = (uint32_t)take_up_to(unpacking, UINT32_MAX);
	text->gap = (uint32_t)take_up_to(unpacking, UINT32_MAX);
	text->bytes = take_bytes(unpacking, &text->size);
}

static void unpack_fields(struct unpacking *unpacking, const struct field *fields, void *part);

static void unpack_item(struct unpacking *unpacking, const struct field *field, void *item)
{
	struct count_part *count = item;
	size_t size;

	if (field->type == FIELD_COUNTS) {
		count->key = take_bytes(unpacking, &size);
		count->count = take_number(unpacking);
		return;
	}
	*(enum known *)item = (enum known)take_up_to(unpacking, KNOWN);
	if (*(enum known *)item != KNOWN)
		return;
	if (field->type == FIELD_TEXTS)
		take_text(unpacking, item);
	else
		unpack_fields(unpacking, field->fields, item);
}

static void unpack_list(struct unpacking *unpacking, const struct field *field, struct list *list)
{
	size_t item_size = field->type == FIELD_COUNTS ? sizeof(struct count_part) : field->item_size;
	size_t count;
	char *items;

	list->truncated = take_up_to(unpacking, 1);
	list->total = take_number(unpacking);
	count = take_up_to(unpacking, unpacking->left / sizeof(uint64_t)); /* an item is a number at least */
	items = unpacking->err ? NULL : arena_alloc(unpacking->arena, count * item_size);
	if (!items && !unpacking->err)
		unpacking->err = -ENOMEM;
	for (size_t i = 0; !unpacking->err && i < count; i++)
		unpack_item(unpacking, field, items + i * item_size);
	list->count = count;
	list->items = items;
}

static void unpack_value(struct unpacking *unpacking, const struct field *field, void *value)
{
	*(enum known *)value = (enum known)take_up_to(unpacking, KNOWN);
	if (*(enum known *)value != KNOWN)
		return;
	switch (field->type) {
	case FIELD_INT:
	case FIELD_UINT:
	case FIELD_BOOL:
	case FIELD_TIME:
		((struct number *)value)->value = take_number(unpacking);
		break;
	case FIELD_TEXT:
	case FIELD_PATH:
	case FIELD_ARGV:
		take_text(unpacking, value);
		break;
	case FIELD_TEXTS:
	case FIELD_COUNTS:
	case FIELD_LIST:
		unpack_list(unpacking, field, value);
		break;
	case FIELD_OBJECT:
		unpack_fields(unpacking, field->fields, value);
		break;
	}
}

static void unpack_fields(struct unpacking *unpacking, const struct field *fields, void *part)
{
	for (const struct field *field = fields; !unpacking->err && field->key; field++)
		unpack_value(unpacking, field, (char *)part + field->offset);
}

int parcel_unpack(const char *bytes, size_t size, struct arena *arena, struct event *out)
{
	struct unpacking unpacking = { .at = bytes, .left = size, .arena = arena };
	struct event event = { 0 };

	event.kind = (enum event_kind)take_up_to(&unpacking, EVENT_KINDS - 1);
	unpack_fields(&unpacking, event_fields(event.kind), &event);
	if (!unpacking.err && unpacking.left)
		unpacking.err = -EBADMSG;
	if (!unpacking.err)
		*out = event;
	return unpacking.err;
}
