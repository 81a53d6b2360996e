/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of JSON under way: its bytes, and how values are spelled in it. */
#ifndef KMODWATCH_WRITER_H
#define KMODWATCH_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct writer {
	char *bytes; /* the line so far, the caller's to free */
	size_t size, room;
	bool failed; /* no memory: what follows is dropped */
};

void writer_make_room(struct writer *writer, size_t size);

/* Where size more bytes can go, behind the line so far; NULL where there is no memory. */
static inline char *writer_end(struct writer *writer, size_t size)
{
	if (!writer->failed && writer->size + size > writer->room)
		writer_make_room(writer, size);
	return writer->failed ? NULL : writer->bytes + writer->size;
}

static inline void put(struct writer *writer, const char *bytes, size_t size)
{
	char *end = writer_end(writer, size);

	if (!end)
		return;
	memcpy(end, bytes, size);
	writer->size += size;
}

static inline void put_string(struct writer *writer, const char *string)
{
	put(writer, string, strlen(string));
}

/* Between two values; a text that ends with a bracket has its quote behind it. */
static inline bool wants_comma(const struct writer *writer)
{
	char last = writer->size ? writer->bytes[writer->size - 1] : '{';

	return last != '{' && last != '[';
}

static inline void put_comma(struct writer *writer)
{
	if (wants_comma(writer))
		put(writer, ",", 1);
}

/* A line has some sixty keys: each is written in one go. */
static inline void put_key(struct writer *writer, const char *key, const char *suffix)
{
	size_t size = strlen(key), more = strlen(suffix);
	char *end = writer_end(writer, size + more + 4);

	if (!end)
		return;
	if (wants_comma(writer))
		*end++ = ',';
	*end++ = '"';
	end = mempcpy(end, key, size);
	end = mempcpy(end, suffix, more);
	*end++ = '"';
	*end++ = ':';
	writer->size = (size_t)(end - writer->bytes);
}

void put_uint(struct writer *writer, uint64_t value);
void put_int(struct writer *writer, int64_t value);
void put_bool(struct writer *writer, bool value);
void put_time(struct writer *writer, uint64_t ns); /* since 1970 */

/* With its quotes: what is no UTF-8 as U+FFFD for each byte. Returns whether there was no such byte. */
bool put_text(struct writer *writer, const char *bytes, size_t size);
void put_hex(struct writer *writer, const char *bytes, size_t size);

#endif
