// SPDX-License-Identifier: BSD-2-Clause
#include "writer.h"
#include "../array.h"
#include "text.h"

#include <stdio.h>

void writer_make_room(struct writer *writer, size_t size)
{
	writer->failed = array_reserve(writer->bytes, writer->room, writer->size + size + 2048);
}

void put_uint(struct writer *writer, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put(writer, digits + at, sizeof(digits) - at);
}

void put_int(struct writer *writer, int64_t value)
{
	if (value < 0)
		put(writer, "-", 1);
	put_uint(writer, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void put_bool(struct writer *writer, bool value)
{
	put_string(writer, value ? "true" : "false");
}

/* What JSON shows as it is, and a terminal too. */
static const bool plain[256] = { [0x20 ... '"' - 1] = true, ['"' + 1 ... '\\' - 1] = true, ['\\' + 1 ... 0x7e] = true };

/* One character, or one byte that is none; its length in *length. Returns whether it was valid. */
static bool put_character(struct writer *writer, const char *bytes, size_t size, size_t *length)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	uint32_t code = 0;
	char escaped[16];

	*length = utf8_char(bytes, size, &code);
	if (!*length) {
		*length = 1;
		put(writer, replacement, 3);
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
		put_string(writer, escaped);
	else
		put(writer, bytes, *length);
	return true;
}

bool put_text(struct writer *writer, const char *bytes, size_t size)
{
	bool valid = true;

	put(writer, "\"", 1);
	for (size_t i = 0; i < size;) {
		size_t length = 0;

		while (i + length < size && plain[(unsigned char)bytes[i + length]])
			length++;
		if (length)
			put(writer, bytes + i, length);
		else
			valid &= put_character(writer, bytes + i, size - i, &length);
		i += length;
	}
	put(writer, "\"", 1);
	return valid;
}

void put_hex(struct writer *writer, const char *bytes, size_t size)
{
	put(writer, "\"", 1);
	for (size_t i = 0; i < size; i++) {
		char hex[2];

		format_hex(bytes + i, 1, hex);
		put(writer, hex, sizeof(hex));
	}
	put(writer, "\"", 1);
}

void put_time(struct writer *writer, uint64_t ns)
{
	char text[TIME_TEXT_SIZE];

	format_time(ns, text);
	put(writer, "\"", 1);
	put_string(writer, text);
	put(writer, "\"", 1);
}
