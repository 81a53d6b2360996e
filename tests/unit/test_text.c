// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/text.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t char_at(const char *bytes, size_t size, uint32_t *code)
{
	char *copy = exact_copy(bytes, size);
	size_t length = utf8_char(copy, size, code);

	free(copy);
	return length;
}

static void every_code_point(void **state)
{
	for (uint32_t code = 0; code <= 0x110100; code++) {
		bool valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
		uint32_t got = UINT32_MAX;
		char bytes[4];
		size_t length = utf8_encode(code, bytes);

		if (utf8_char(bytes, length, &got) != (valid ? length : 0) || got != (valid ? code : UINT32_MAX))
			fail_msg("U+%04X", code);
	}
}

static void invalid_characters(void **state)
{
	static const struct {
		const char *what, *bytes;
		size_t size;
	} rows[] = {
		{ "nothing", BYTES("") },
		{ "a continuation alone", BYTES("\x80") },
		{ "a continuation alone", BYTES("\xbf\x80") },
		{ "overlong NUL", BYTES("\xc0\x80") },
		{ "overlong DEL", BYTES("\xc1\xbf") },
		{ "overlong U+07FF", BYTES("\xe0\x9f\xbf") },
		{ "overlong slash", BYTES("\xe0\x80\xaf") },
		{ "overlong U+FFFF", BYTES("\xf0\x8f\xbf\xbf") },
		{ "the first surrogate", BYTES("\xed\xa0\x80") },
		{ "the last surrogate", BYTES("\xed\xbf\xbf") },
		{ "U+110000", BYTES("\xf4\x90\x80\x80") },
		{ "U+1FFFFF", BYTES("\xf7\xbf\xbf\xbf") },
		{ "five bytes", BYTES("\xf8\x88\x80\x80\x80") },
		{ "six bytes", BYTES("\xfc\x84\x80\x80\x80\x80") },
		{ "0xfe", BYTES("\xfe") },
		{ "0xff", BYTES("\xff") },
		{ "1 of 2", BYTES("\xc3") },
		{ "1 of 3", BYTES("\xe2") },
		{ "2 of 3", BYTES("\xe2\x82") },
		{ "1 of 4", BYTES("\xf0") },
		{ "2 of 4", BYTES("\xf0\x9f") },
		{ "3 of 4", BYTES("\xf0\x9f\x98") },
		{ "no continuation", BYTES("\xc3"
					   "A") },
		{ "no second continuation", BYTES("\xe2\x82"
						  "A") },
		{ "no third continuation", BYTES("\xf0\x9f\x98"
						 "A") },
		{ "a start instead of a continuation", BYTES("\xc3\xc3") },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t code = 7;

		if (char_at(rows[i].bytes, rows[i].size, &code) != 0 || code != 7)
			fail_msg("row %zu: %s", i, rows[i].what);
	}
}

/* What follows the text would complete its last character. */
static void nothing_beyond(void **state)
{
	static const char *const characters[] = { "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };

	for (size_t i = 0; i < COUNT(characters); i++) {
		for (size_t size = 0; size < strlen(characters[i]); size++)
			assert_int_equal(utf8_char(characters[i], size, NULL), 0);
		assert_int_equal(utf8_char(characters[i], strlen(characters[i]), NULL), strlen(characters[i]));
	}
}

static void code_is_optional(void **state)
{
	assert_int_equal(char_at(BYTES("\xc3\xa9"), NULL), 2);
}

static void whole_texts(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool valid;
	} rows[] = {
		{ BYTES(""), true },
		{ BYTES("a\0b"), true },
		{ BYTES("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), true },
		{ BYTES("caf\xc3\xa9 \x7f\x01"), true },
		{ BYTES("\xff"), false },
		{ BYTES("caf\xc3"), false },
		{ BYTES("\xc3\xa9\xa9"), false },
		{ BYTES("a\xf0\x9f\x98"), false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *copy = exact_copy(rows[i].bytes, rows[i].size);

		if (utf8_valid(copy, rows[i].size) != rows[i].valid)
			fail_msg("row %zu", i);
		free(copy);
	}
}

static void times(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000000000Z" },
		{ 1, "1970-01-01T00:00:00.000000001Z" },
		{ 999999999, "1970-01-01T00:00:00.999999999Z" },
		{ 951782400000000000, "2000-02-29T00:00:00.000000000Z" },
		{ 1709251199123456789, "2024-02-29T23:59:59.123456789Z" },
		{ 4294967296000000000, "2106-02-07T06:28:16.000000000Z" },
		{ UINT64_MAX, "2554-07-21T23:34:33.709551615Z" },
	};

	setenv("TZ", "Asia/Kathmandu", 1); /* not UTC by any rounding */
	tzset();
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[TIME_TEXT_SIZE];

		format_time(rows[i].ns, text);
		assert_string_equal(text, rows[i].text);
	}
}

static void strings(void **state)
{
	assert_text(text_of("abc"), "abc");
	assert_text(text_of(""), "");
	assert_known(text_of(NULL), UNKNOWN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point), cmocka_unit_test(invalid_characters),
		cmocka_unit_test(nothing_beyond),   cmocka_unit_test(code_is_optional),
		cmocka_unit_test(whole_texts),	    cmocka_unit_test(times),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
