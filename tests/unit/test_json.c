// SPDX-License-Identifier: BSD-2-Clause
/* How values are written. */
#include "../../user/output/fields.h"
#include "../../user/output/json.h"
#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct text bytes_text(const char *bytes, size_t size)
{
	return (struct text) { .known = KNOWN, .bytes = bytes, .size = size };
}

/* A line whose one free text is this. */
static json_object *alias_line(struct text alias, char **line)
{
	struct event event = { .kind = EVENT_MODULE_REQUEST, .alias = alias };

	return line_of(&event, line);
}

static void assert_alias(const char *bytes, size_t size, bool truncated, const char *expected)
{
	struct text text = bytes_text(exact_copy(bytes, size), size);
	json_object *object;

	text.truncated = truncated;
	object = alias_line(text, NULL);
	assert_json(object, expected);
	json_object_put(object);
	free((void *)text.bytes);
}

/* Whether the character stands in the line as \u and its number, and the text comes back as it was. */
static void assert_spelling(uint32_t code, const char *character, size_t size, bool escaped)
{
	char text[8], wanted[32], *line;
	json_object *object, *alias;

	text[0] = 'a';
	memcpy(text + 1, character, size);
	text[1 + size] = 'z';
	if (escaped && code > 0xffff)
		snprintf(wanted, sizeof(wanted), "\"alias\":\"a\\u%04x\\u%04xz\"", 0xd800 + ((code - 0x10000) >> 10),
			 0xdc00 + ((code - 0x10000) & 0x3ff));
	else if (escaped)
		snprintf(wanted, sizeof(wanted), "\"alias\":\"a\\u%04xz\"", code);
	else
		snprintf(wanted, sizeof(wanted), "\"alias\":\"a%.*sz\"", (int)size, character);
	object = alias_line(bytes_text(text, size + 2), &line);
	if (!strstr(line, wanted))
		fail_msg("U+%04X: %s is not in %s", code, wanted, line);
	assert_true(json_object_object_get_ex(object, "alias", &alias));
	assert_int_equal(json_object_get_string_len(alias), size + 2);
	assert_memory_equal(json_object_get_string(alias), text, size + 2);
	json_object_put(object);
	free(line);
}

static void assert_spelled(uint32_t from, uint32_t to, bool escaped)
{
	for (uint32_t code = from; code <= to; code++) {
		char character[4];
		size_t size = utf8_encode(code, character);

		assert_spelling(code, character, size, escaped);
	}
}

static void escaped_characters(void **state)
{
	assert_spelled(0x0, 0x1f, true);      /* C0 */
	assert_spelled(0x7f, 0x9f, true);     /* DEL, C1 */
	assert_spelled(0x2028, 0x202e, true); /* separators, embeddings, overrides */
	assert_spelled(0x2066, 0x2069, true); /* isolates */
}

/* The rest of Unicode's Bidi_Control: ALM, LRM, RLM. */
static void escaped_marks(void **state)
{
	assert_spelled(0x61c, 0x61c, true);
	assert_spelled(0x200e, 0x200f, true);
}

/* journalctl -o json gives a message with one of them as a list of bytes. */
static void escaped_noncharacters(void **state)
{
	assert_spelled(0xfdd0, 0xfdef, true);
	for (uint32_t plane = 0; plane <= 0x10; plane++)
		assert_spelled(plane << 16 | 0xfffe, plane << 16 | 0xffff, true);
}

static void plain_characters(void **state)
{
	assert_spelled(0x20, 0x21, false);
	assert_spelled(0x23, 0x5b, false); /* the slash too */
	assert_spelled(0x5d, 0x7e, false);
	assert_spelled(0xa0, 0xa1, false);
	assert_spelled(0x2027, 0x2027, false);
	assert_spelled(0x202f, 0x202f, false);
	assert_spelled(0x2065, 0x2065, false);
	assert_spelled(0x206a, 0x206a, false);
	assert_spelled(0xfdcf, 0xfdcf, false);
	assert_spelled(0xfdf0, 0xfdf0, false);
	assert_spelled(0xfffd, 0xfffd, false);
	assert_spelling(0x1f600, BYTES("\xf0\x9f\x98\x80"), false);
	assert_spelling(0x10fffd, BYTES("\xf4\x8f\xbf\xbd"), false);
}

static void quotes(void **state)
{
	char *line;

	json_object_put(alias_line(text_of("\"\\\",\"seq\":\"1"), &line));
	assert_non_null(strstr(line, "\"alias\":\"\\\"\\\\\\\",\\\"seq\\\":\\\"1\""));
	free(line);
}

#define FFFD "\xef\xbf\xbd"

static void texts(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool truncated;
		const char *expected;
	} rows[] = {
		{ BYTES(""), false, "{'alias':'', 'alias_hex':'@absent', 'alias_truncated':'@absent'}" },
		{ BYTES("a"), true, "{'alias':'a', 'alias_hex':'@absent', 'alias_truncated':true}" },
		{ BYTES("a\0b"), false, "{'alias':'a\\u0000b', 'alias_hex':'@absent'}" },
		{ BYTES(FFFD), false, "{'alias':'" FFFD "', 'alias_hex':'@absent'}" },
		{ BYTES("\xff"), false, "{'alias':'" FFFD "', 'alias_hex':'ff', 'alias_truncated':'@absent'}" },
		{ BYTES("a\xc3"), true, "{'alias':'a" FFFD "', 'alias_hex':'61c3', 'alias_truncated':true}" },
		{ BYTES("\xe2\x82"), false, "{'alias':'" FFFD FFFD "', 'alias_hex':'e282'}" },
		{ BYTES("\xe2\x82|"), false, "{'alias':'" FFFD FFFD "|', 'alias_hex':'e2827c'}" },
		{ BYTES("\xed\xa0\x80"), false, "{'alias':'" FFFD FFFD FFFD "', 'alias_hex':'eda080'}" },
		{ BYTES("\xc0\xaf"), false, "{'alias':'" FFFD FFFD "', 'alias_hex':'c0af'}" },
		{ BYTES("\xf0\x9f\x98\x80\x80\xc3\xa9"), false,
		  "{'alias':'\xf0\x9f\x98\x80" FFFD "\xc3\xa9', 'alias_hex':'f09f988080c3a9'}" },
		{ BYTES("\xff\n"), false, "{'alias':'" FFFD "\\n', 'alias_hex':'ff0a'}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_alias(rows[i].bytes, rows[i].size, rows[i].truncated, rows[i].expected);
}

static void detached(void **state)
{
	struct text alias = text_of("/x");
	json_object *object = alias_line(alias, NULL);

	assert_json(object, "{'alias':'/x','alias_detached':'@absent'}");
	json_object_put(object);
	alias.detached = true;
	object = alias_line(alias, NULL);
	assert_json(object, "{'alias':'/x','alias_detached':true}");
	json_object_put(object);
}

static void arguments(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		bool truncated;
		const char *expected;
	} rows[] = {
		{ BYTES(""), false, "{'argv':[], 'argv_hex':'@absent', 'argv_truncated':'@absent'}" },
		{ BYTES("a\0b\0"), false, "{'argv':['a','b'], 'argv_truncated':'@absent'}" },
		{ BYTES("a\0b"), false, "{'argv':['a','b']}" },
		{ BYTES("a"), true, "{'argv':['a'], 'argv_truncated':true}" },
		{ BYTES("\0"), false, "{'argv':['']}" },
		{ BYTES("\0\0"), false, "{'argv':['','']}" },
		{ BYTES("\0a"), false, "{'argv':['','a']}" },
		{ BYTES("a\0\0b\0\0"), false, "{'argv':['a','','b','']}" },
		{ BYTES("a\nb\0\"\0"), false, "{'argv':['a\\nb','\\\"'], 'argv_hex':'@absent'}" },
		{ BYTES("a\0\xff\0\0\xc3\xa9\0"), false,
		  "{'argv':['a','" FFFD "','','\xc3\xa9'], 'argv_hex':['61','ff','','c3a9']}" },
		/* halves of a character on both sides of a NUL */
		{ BYTES("\xc3\0\xa9"), true,
		  "{'argv':['" FFFD "','" FFFD "'], 'argv_hex':['c3','a9'], 'argv_truncated':true}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *copy = exact_copy(rows[i].bytes, rows[i].size);
		struct event event = { .kind = EVENT_TOOL_EXEC, .process.known = KNOWN };
		json_object *object, *process;

		event.process.argv = bytes_text(copy, rows[i].size);
		event.process.argv.truncated = rows[i].truncated;
		object = line_of(&event, NULL);
		assert_true(json_object_object_get_ex(object, "process", &process));
		assert_json(process, rows[i].expected);
		json_object_put(object);
		free(copy);
	}
}

/* What the kernel side left out between them is told, and so is how much there was. */
static void gap_in_arguments(void **state)
{
	struct event event = { .kind = EVENT_TOOL_EXEC, .process.known = KNOWN };
	json_object *object;

	event.process.argv = bytes_text(BYTES("a\0bb\0c\0\xff\0"));
	event.process.argv.truncated = true;
	event.process.argv.length = 5000;
	event.process.argv.gap = 5;
	object = line_of(&event, NULL);
	assert_json(object, "{'process':{'argv':['a','bb','c','" FFFD "'], 'argv_hex':['61','6262','63','ff'],"
			    "'argv_truncated':true, 'argv_length':5000, 'argv_gap':2}}");
	json_object_put(object);
	event.process.argv.length = event.process.argv.gap = 0;
	object = line_of(&event, NULL);
	assert_json(object, "{'process':{'argv_truncated':true, 'argv_length':null, 'argv_gap':'@absent'}}");
	json_object_put(object);
}

static void values(void **state)
{
	static const struct text flags[] = {
		{ .known = KNOWN, .bytes = "A", .size = 1 },
		{ .known = KNOWN, .bytes = "0x8", .size = 3 },
	};
	static const struct ancestor_part ancestors[] = {
		{ .known = KNOWN, .pid = { .known = KNOWN, .value = 2 } },
		{ .known = KNOWN, .pid = { .known = UNKNOWN }, .exe = { .known = UNKNOWN } },
	};
	struct event event = { .kind = EVENT_MODULE_LOAD, .time = number_of(1), .coalesced = number_of(5) };
	json_object *object;

	event.syscall = (struct syscall_part) { .known = KNOWN, .ret = number_of((uint64_t)-2) };
	event.syscall.flags = (struct list) { .known = KNOWN, .count = 2, .items = flags };
	event.module = (struct module_part) { .known = KNOWN, .is_signed = number_of(0) };
	event.module.taint_names = (struct list) { .known = KNOWN };
	event.source = (struct source_part) { .known = KNOWN, .inode = number_of(UINT64_MAX) };
	event.process = (struct process) { .known = KNOWN, .ns = { .known = UNKNOWN } };
	event.process.ancestors = (struct list) { .known = KNOWN, .count = 2, .items = ancestors };
	object = line_of(&event, NULL);
	assert_json(object, "{'time':'1970-01-01T00:00:00.000000001Z', 'coalesced':true,"
			    "'syscall':{'ret':-2, 'flags':['A','0x8']}, 'module':{'signed':false, 'taint_names':[]},"
			    "'source':{'inode':18446744073709551615}, 'process':{'ns':null,"
			    "'ancestors':[{'pid':2},{'pid':null,'exe':null}]}}");
	json_object_put(object);
}

static void counts(void **state)
{
	static const struct count_part parts[] = { { "module_load", 3 }, { "monitor_start", 1 } };
	struct event event = { .kind = EVENT_MONITOR_STOP };
	json_object *object;

	event.counts = (struct list) { .known = KNOWN, .count = 2, .items = parts };
	object = line_of(&event, NULL);
	assert_json(object, "{'counts':{'module_load':3, 'monitor_start':1}}");
	json_object_put(object);
}

static void unknown_in_list(void **state)
{
	static const struct text flags[] = { { .known = UNKNOWN } };
	struct event event = { .kind = EVENT_MODULE_LOAD, .syscall.known = KNOWN };
	json_object *object;

	event.syscall.flags = (struct list) { .known = KNOWN, .count = 1, .items = flags };
	object = line_of(&event, NULL);
	assert_json(object, "{'syscall':{'flags':[null]}}");
	json_object_put(object);
}

/* A list of texts is to be read as arguments are: all items in hex beside it, and marked where an item was cut. */
static void texts_in_list(void **state)
{
	static const struct {
		struct text items[3];
		const char *expected;
	} rows[] = {
		{ { { .known = KNOWN, .size = 1, .bytes = "a" },
		    { .known = UNKNOWN },
		    { .known = KNOWN, .size = 3, .bytes = FFFD } },
		  "{'flags':['a',null,'" FFFD "'], 'flags_hex':'@absent', 'flags_truncated':'@absent'}" },
		{ { { .known = KNOWN, .size = 1, .bytes = "a" },
		    { .known = UNKNOWN },
		    { .known = KNOWN, .size = 3, .bytes = "\xff\"\n" } },
		  "{'flags':['a',null,'" FFFD "\\\"\\n'], 'flags_hex':['61',null,'ff220a'],"
		  "'flags_truncated':'@absent'}" },
		{ { { .known = KNOWN, .size = 1, .bytes = "\xc3" },
		    { .known = KNOWN, .size = 1, .bytes = "\xa9" },
		    { .known = KNOWN, .size = 0, .bytes = "" } },
		  "{'flags':['" FFFD "','" FFFD "',''], 'flags_hex':['c3','a9','']}" },
		{ { { .known = KNOWN, .size = 1, .bytes = "a" },
		    { .known = KNOWN, .truncated = true, .size = 1, .bytes = "b" },
		    { .known = KNOWN, .size = 1, .bytes = "c" } },
		  "{'flags':['a','b','c'], 'flags_hex':'@absent', 'flags_truncated':true}" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event event = { .kind = EVENT_MODULE_LOAD, .syscall.known = KNOWN };
		json_object *object, *call;

		event.syscall.flags = (struct list) { .known = KNOWN, .count = 3, .items = rows[i].items };
		object = line_of(&event, NULL);
		assert_true(json_object_object_get_ex(object, "syscall", &call));
		assert_json(call, rows[i].expected);
		json_object_put(object);
	}
}

/* Gives each field the state, whatever its type: all start with it. Returns how many there are. */
static size_t set_all(const struct field *fields, struct event *event, enum known known)
{
	size_t count = 0;

	for (; fields->key; fields++, count++)
		*(enum known *)((char *)event + fields->offset) = known;
	return count;
}

static void absent_and_unknown(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct event event = { .kind = kind };
		size_t count;
		json_object *object;
		char *line;

		assert_int_equal(json_render(&event, LINE_MOST, &line, &count), 0);
		assert_string_equal(line, "{}\n");
		free(line);
		count = set_all(common_fields, &event, UNKNOWN) + set_all(event_fields(kind), &event, UNKNOWN);
		object = line_of(&event, NULL);
		assert_int_equal(json_object_object_length(object), count);
		json_object_object_foreach(object, key, value)
		{
			if (value)
				fail_msg("%s of %s is not null", key, event_name(kind));
		}
		json_object_put(object);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(escaped_characters),
		cmocka_unit_test(escaped_marks),
		cmocka_unit_test(escaped_noncharacters),
		cmocka_unit_test(plain_characters),
		cmocka_unit_test(quotes),
		cmocka_unit_test(texts),
		cmocka_unit_test(detached),
		cmocka_unit_test(arguments),
		cmocka_unit_test(gap_in_arguments),
		cmocka_unit_test(values),
		cmocka_unit_test(counts),
		cmocka_unit_test(unknown_in_list),
		cmocka_unit_test(texts_in_list),
		cmocka_unit_test(absent_and_unknown),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
