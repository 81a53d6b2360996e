// SPDX-License-Identifier: BSD-2-Clause
#include "text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct text text_of(const char *string)
{
	if (!string)
		return TEXT_UNKNOWN;
	return (struct text) { .known = KNOWN, .bytes = string, .size = strlen(string) };
}

bool text_is(const struct text *text, const char *word)
{
	return text->known == KNOWN && text->size == strlen(word) && !memcmp(text->bytes, word, text->size);
}

size_t utf8_char(const char *bytes, size_t size, uint32_t *code)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)bytes;
	size_t length;
	uint32_t value;

	if (size == 0)
		return 0;
	if (u[0] < 0x80) {
		length = 1;
		value = u[0];
	} else if (u[0] >> 5 == 0x6) {
		length = 2;
		value = u[0] & 0x1f;
	} else if (u[0] >> 4 == 0xe) {
		length = 3;
		value = u[0] & 0xf;
	} else if (u[0] >> 3 == 0x1e) {
		length = 4;
		value = u[0] & 0x7;
	} else {
		return 0;
	}
	if (length > size)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if (u[i] >> 6 != 0x2)
			return 0;
		value = value << 6 | (u[i] & 0x3f);
	}
	if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	if (code)
		*code = value;
	return length;
}

/* Unicode's noncharacters: journalctl -o json gives a message that has one as a list of bytes, not as text. */
static bool is_noncharacter(uint32_t code)
{
	return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

/* Controls (C0, DEL, C1), line and paragraph separators, what reorders the text around it, and what is none. */
bool utf8_acts(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x61c || code == 0x200e || code == 0x200f ||
	       is_noncharacter(code) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

size_t utf8_shown(const char *bytes, size_t size, bool utf8)
{
	uint32_t code = 0;
	size_t length = utf8_char(bytes, size, &code);

	return length && !utf8_acts(code) && (utf8 || length == 1) ? length : 0;
}

void text_make_visible(const char *bytes, size_t size, bool utf8, char *out, size_t room)
{
	size_t used = 0;

	for (size_t i = 0, length; i < size && used + 5 <= room; i += length ? length : 1) {
		length = utf8_shown(bytes + i, size - i, utf8);
		if (length)
			memcpy(out + used, bytes + i, length);
		else
			snprintf(out + used, 5, "\\x%02x", (unsigned char)bytes[i]);
		used += length ? length : 4;
	}
	out[used] = '\0';
}

bool utf8_valid(const char *bytes, size_t size)
{
	for (size_t i = 0; i < size;) {
		size_t length = utf8_char(bytes + i, size - i, NULL);

		if (length == 0)
			return false;
		i += length;
	}
	return true;
}

/* printf() takes ten times as long, and a line has four times. */
static void put_digits(char *out, size_t count, unsigned int value, char behind)
{
	out[count] = behind;
	for (; count; value /= 10)
		out[--count] = (char)('0' + value % 10);
}

void format_time(uint64_t ns, char out[static TIME_TEXT_SIZE])
{
	time_t seconds = ns / 1000000000;
	struct tm tm;

	gmtime_r(&seconds, &tm);
	put_digits(out, 4, (unsigned int)tm.tm_year + 1900, '-');
	put_digits(out + 5, 2, (unsigned int)tm.tm_mon + 1, '-');
	put_digits(out + 8, 2, (unsigned int)tm.tm_mday, 'T');
	put_digits(out + 11, 2, (unsigned int)tm.tm_hour, ':');
	put_digits(out + 14, 2, (unsigned int)tm.tm_min, ':');
	put_digits(out + 17, 2, (unsigned int)tm.tm_sec, '.');
	put_digits(out + 20, 9, (unsigned int)(ns % 1000000000), 'Z');
	out[30] = '\0';
}

void format_hex(const void *bytes, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++) {
		*out++ = digits[byte[i] >> 4];
		*out++ = digits[byte[i] & 15];
	}
}
