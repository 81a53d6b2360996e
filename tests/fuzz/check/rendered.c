// SPDX-License-Identifier: BSD-2-Clause
#include "rendered.h"
#include "../../../user/output/fields.h"
#include "../../../user/output/journal.h"
#include "../../../user/output/json.h"
#include "../../../user/output/sentence.h"
#include "../../../user/output/terminal.h"
#include "../../unit/strict.h"

#include <stdlib.h>
#include <string.h>

/* One strict JSON object, and nothing in the line that a terminal or a line reader would act on. */
static void check_line(const char *line, size_t size, size_t most)
{
	json_object *object;
	const char *why;

	if (size < 3 || size > most || line[size - 1] != '\n')
		abort();
	for (size_t i = 0; i < size - 1; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			abort();
	object = strict_parse(line, size - 1, &why);
	if (!object || !json_object_is_type(object, json_type_object))
		abort();
	json_object_put(object);
}

/* NAME=VALUE; names as journald takes them, or it drops the field. */
static void check_fields(const struct journal_entry *entry)
{
	for (size_t i = 0; i < entry->count; i++) {
		const char *bytes = entry->fields[i].iov_base;
		const char *end = memchr(bytes, '=', entry->fields[i].iov_len);

		if (!end || end == bytes || end - bytes > 64 || *bytes < 'A' || *bytes > 'Z')
			abort();
		for (; bytes < end; bytes++)
			if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *bytes))
				abort();
	}
}

/* Printable ASCII, and that is all: what a terminal acts on, or what is none of its columns, is not there. */
static void check_words(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] < ' ' || bytes[i] > '~')
			abort();
}

static void check_sentence(const struct event *event)
{
	struct phrase sentence = { 0 };

	sentence_of(&sentence, event);
	check_words(sentence.bytes, sentence.size);
	phrase_clear(&sentence);
}

static void check_text(const struct event *event)
{
	struct terminal terminal = { .fd = -1, .lists_present = true };
	char *lines, *line;
	size_t size;

	if (terminal_render(&terminal, event, &lines, &size))
		return;			  /* no memory */
	line = memchr(lines, '\n', size); /* behind the date */
	if (!line || lines[size - 1] != '\n')
		abort();
	check_words(lines, line - lines);
	check_words(line + 1, lines + size - 1 - (line + 1));
	free(lines);
}

void check_rendered(struct event *event)
{
	static const size_t bounds[] = { LINE_LEAST, LINE_MAX_BYTES, LINE_MOST };
	struct journal_entry entry;
	char *line = NULL;
	size_t size = 0;

	event->schema = number_of(EVENT_SCHEMA);
	event->seq = number_of(7);
	event->kind_name = text_of(event_name(event->kind));
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		free(line);
		if (json_render(event, bounds[i], &line, &size))
			return; /* no memory */
		check_line(line, size, bounds[i]);
	}
	if (!journal_entry_make(event, line, size, &entry)) {
		check_fields(&entry);
		journal_entry_clear(&entry);
	}
	check_sentence(event);
	check_text(event);
	free(line);
}
