// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/phrase.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* Of the phrase, which is empty then. */
static const char *taken(struct phrase *phrase)
{
	static char said[8192];

	assert_false(phrase->failed);
	assert_true(phrase->size < sizeof(said));
	if (phrase->size)
		memcpy(said, phrase->bytes, phrase->size);
	said[phrase->size] = '\0';
	phrase_clear(phrase);
	return said;
}

static const char *token(bool utf8, const char *bytes, size_t size)
{
	struct phrase phrase = { .utf8 = utf8 };

	phrase_token(&phrase, bytes, size);
	return taken(&phrase);
}

static void tokens(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *ascii, *utf8;
	} rows[] = {
		{ BYTES("dummy"), "dummy", "dummy" },
		{ BYTES("/usr/lib/x-1.2_3.ko"), "/usr/lib/x-1.2_3.ko", "/usr/lib/x-1.2_3.ko" },
		{ BYTES("kworker/u4:1"), "kworker/u4:1", "kworker/u4:1" },
		{ BYTES("a=1,b"), "\"a=1,b\"", "\"a=1,b\"" },
		{ BYTES(""), "\"\"", "\"\"" },
		{ BYTES("modprobe:"), "\"modprobe:\"", "\"modprobe:\"" },
		{ BYTES("dummy by root"), "\"dummy\\x20by\\x20root\"", "\"dummy\\x20by\\x20root\"" },
		{ BYTES("a...b"), "\"a...b\"", "\"a...b\"" },
		{ BYTES("(unknown)"), "\"(unknown)\"", "\"(unknown)\"" },
		{ BYTES("\"\\"), "\"\\\"\\\\\"", "\"\\\"\\\\\"" },
		{ BYTES("a\n\033[31m\r\t\0\177"), "\"a\\x0a\\x1b[31m\\x0d\\x09\\x00\\x7f\"",
		  "\"a\\x0a\\x1b[31m\\x0d\\x09\\x00\\x7f\"" },
		{ BYTES("\xff\xc3("), "\"\\xff\\xc3(\"", "\"\\xff\\xc3(\"" },
		{ BYTES("j\xc3\xb6rg"), "\"j\\xc3\\xb6rg\"", "\"j\xc3\xb6rg\"" },
		{ BYTES("\xd0\xb0"), "\"\\xd0\\xb0\"", "\"\xd0\xb0\"" },		 /* Cyrillic a */
		{ BYTES("\xc2\x9b"), "\"\\xc2\\x9b\"", "\"\\xc2\\x9b\"" },		 /* CSI in one */
		{ BYTES("\xc2\xa0"), "\"\\xc2\\xa0\"", "\"\\xc2\\xa0\"" },		 /* a space */
		{ BYTES("e\xcc\x81"), "\"e\\xcc\\x81\"", "\"e\\xcc\\x81\"" },		 /* combining */
		{ BYTES("\xd7\x90"), "\"\\xd7\\x90\"", "\"\\xd7\\x90\"" },		 /* right to left */
		{ BYTES("\xe2\x80\xae"), "\"\\xe2\\x80\\xae\"", "\"\\xe2\\x80\\xae\"" }, /* override */
		{ BYTES("\xe2\x80\xa8"), "\"\\xe2\\x80\\xa8\"", "\"\\xe2\\x80\\xa8\"" }, /* a line's end */
		{ BYTES("\xe2\x80\xa6"), "\"\\xe2\\x80\\xa6\"",
		  "\"\\xe2\\x80\\xa6\"" }, /* what ours are left out with */
		{ BYTES("\xe4\xb8\xad"), "\"\\xe4\\xb8\\xad\"", "\"\\xe4\\xb8\\xad\"" }, /* two columns */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_string_equal(token(false, rows[i].bytes, rows[i].size), rows[i].ascii);
		assert_string_equal(token(true, rows[i].bytes, rows[i].size), rows[i].utf8);
	}
}

/* Of every code point there is, what is shown as it is takes one column, and is none that anything acts on. */
static void every_character(void **state)
{
	char bytes[4];

	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		size_t length = utf8_encode(code, bytes);
		struct phrase phrase = { .utf8 = true };

		phrase_token(&phrase, bytes, length);
		for (size_t i = 0; i < phrase.size; i++)
			if ((unsigned char)phrase.bytes[i] <= ' ' || phrase.bytes[i] == 0x7f)
				fail_msg("U+%04X has a byte %02x", code, (unsigned char)phrase.bytes[i]);
		if (code >= 0x80 && phrase.size == length + 2) { /* between quotes, as it is */
			assert_true(code >= 0xc0 && code < 0x530);
			assert_false(code >= 0x300 && code < 0x370); /* combining */
			assert_int_equal(phrase.columns, 3);
		} else {
			assert_int_equal(phrase.columns, phrase.size);
		}
		phrase_clear(&phrase);
	}
}

static const char *path(bool utf8, const char *string, bool truncated, size_t columns)
{
	struct text text = { .known = KNOWN, .truncated = truncated, .size = strlen(string), .bytes = string };
	struct phrase phrase = { .utf8 = utf8 };

	phrase_path(&phrase, &text, columns);
	return taken(&phrase);
}

static void paths(void **state)
{
	static const char whole[] = "/usr/lib/modules/6.1.0/kernel/drivers/net/dummy.ko";

	assert_string_equal(path(false, whole, false, sizeof(whole) - 1), whole);
	assert_string_equal(path(false, whole, false, sizeof(whole) - 2), "/usr/.../6.1.0/kernel/drivers/net/dummy.ko");
	assert_string_equal(path(false, whole, false, 30), "/usr/.../drivers/net/dummy.ko");
	assert_string_equal(path(true, whole, false, 28), "/usr/\xe2\x80\xa6/drivers/net/dummy.ko");
	assert_string_equal(path(false, whole, false, 20), "/usr/.../dummy.ko");
	assert_string_equal(path(false, whole, false, 15), ".../dummy.ko");
	assert_string_equal(path(false, whole, false, 0), ".../dummy.ko");
	assert_string_equal(path(true, whole, false, 0), "\xe2\x80\xa6/dummy.ko");
	assert_string_equal(path(false, "/m/brd.ko", false, 0), "/m/brd.ko"); /* nothing would be won */
	assert_string_equal(path(false, "/brd.ko", false, 0), "/brd.ko");
	assert_string_equal(path(false, "brd.ko", false, 0), "brd.ko");
	assert_string_equal(path(false, "/", false, 0), "/");
	assert_string_equal(path(false, "", false, 0), "\"\"");
	assert_string_equal(path(false, "net/dummy.ko", true, 99), "...net/dummy.ko"); /* its upper end was lost */
	assert_string_equal(path(false, "/tmp/a b/c d/e/f g.ko", false, 99), "\"/tmp/a\\x20b/c\\x20d/e/f\\x20g.ko\"");
	assert_string_equal(path(false, "/tmp/a b/c d/e/f g.ko", false, 24), "/tmp/...\"/e/f\\x20g.ko\"");
}

/* However little room there is, the last component is there; where there is enough, it is kept to. */
static void paths_keep_to_their_room(void **state)
{
	static const char whole[] = "/usr/lib/modules/6.1.0/ker nel/drivers/net/dummy.ko";

	for (size_t columns = 0; columns < 80; columns++) {
		const char *shown = path(false, whole, false, columns);

		assert_non_null(strstr(shown, "/dummy.ko"));
		if (columns >= strlen(".../dummy.ko"))
			assert_true(strlen(shown) <= columns);
	}
}

static const char *words(const char *bytes, size_t size, char between, size_t columns)
{
	struct text text = { .known = KNOWN, .size = size, .bytes = bytes };
	struct phrase phrase = { 0 };

	phrase_words(&phrase, &text, between, columns);
	return taken(&phrase);
}

static void rows_of_words(void **state)
{
	assert_string_equal(words(BYTES("modprobe\0dummy\0n=2\0"), '\0', 99), "modprobe dummy n=2");
	assert_string_equal(words(BYTES("modprobe\0dummy\0n=2\0"), '\0', 15), "modprobe dummy ...");
	assert_string_equal(words(BYTES("modprobe\0\0a b\0"), '\0', 99), "modprobe \"\" \"a\\x20b\"");
	assert_string_equal(words(BYTES("a=1 b=2"), ' ', 99), "a=1 b=2");
	assert_string_equal(words(BYTES(""), ' ', 99), "");
}

static void cut_and_unknown(void **state)
{
	struct text cut = { .known = KNOWN, .truncated = true, .size = 3, .bytes = "abc" }, unknown = TEXT_UNKNOWN;
	struct phrase phrase = { 0 };

	phrase_text(&phrase, &cut, "nothing");
	phrase_add(&phrase, " ");
	phrase_text(&phrase, &unknown, "nothing");
	phrase_ours(&phrase,
		    &(struct text) { .known = KNOWN,
				     .size = 6,
				     .bytes = " a\nb\xff"
					      "c" },
		    "");
	assert_string_equal(taken(&phrase), "abc... nothing a?b?c");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),	 cmocka_unit_test(every_character),
		cmocka_unit_test(paths),	 cmocka_unit_test(paths_keep_to_their_room),
		cmocka_unit_test(rows_of_words), cmocka_unit_test(cut_and_unknown),
	};

	return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
