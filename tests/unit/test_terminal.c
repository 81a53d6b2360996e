// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/fields.h"
#include "../../user/output/terminal.h"
#include "unit.h"

#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { VERB = 10, NAME = 21, REST = 35 };

/* 2026-11-25, 14:03:07 UTC */
static const uint64_t moment = 1795615387000000000;

static int set_up(void **state)
{
	setenv("TZ", "UTC", 1);
	unsetenv("COLUMNS");
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	unsetenv("LANG");
	return 0;
}

static struct terminal open_terminal(bool colour)
{
	struct terminal terminal;

	terminal_init(&terminal, -1, colour, true);
	return terminal;
}

/* All that the event puts on the terminal. Valid until the next call. */
static const char *lines_of(struct terminal *terminal, const struct event *event)
{
	static char said[65536];
	char *line;
	size_t size;

	assert_int_equal(terminal_render(terminal, event, &line, &size), 0);
	assert_true(size && size < sizeof(said) && line[size - 1] == '\n');
	memcpy(said, line, size);
	said[size] = '\0';
	free(line);
	return said;
}

/* Its line without the date's, which comes first on a new terminal. */
static const char *line_of(const struct event *event, bool colour)
{
	struct terminal terminal = open_terminal(colour);
	const char *line = strchr(lines_of(&terminal, event), '\n') + 1;

	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	return line;
}

static struct event load_of(const char *path)
{
	struct event event = { .kind = EVENT_MODULE_LOAD, .time = number_of(moment), .outcome = text_of("success") };

	event.module = (struct module_part) { .known = KNOWN, .name = text_of("dummy"), .is_signed = number_of(true) };
	event.process = (struct process) {
		.known = KNOWN, .uid = number_of(0), .comm = text_of("modprobe"), .exe = text_of("/usr/bin/kmod")
	};
	event.source = (struct source_part) { .known = KNOWN, .kind = text_of("file"), .path = text_of(path) };
	return event;
}

static void widths(void **state)
{
	static const char path[] = "/usr/lib/modules/6.1.0-50-cloud-amd64/kernel/drivers/net/dummy.ko";
	static const struct {
		const char *columns, *path;
	} rows[] = {
		{ "80", "/usr/.../net/dummy.ko" },
		{ "100", "/usr/.../kernel/drivers/net/dummy.ko" },
		{ "120", "/usr/.../6.1.0-50-cloud-amd64/kernel/drivers/net/dummy.ko" },
		{ "200", path },
		{ "20", ".../dummy.ko" }, /* what is too long for the line goes on in the next: nothing is lost */
		{ "x", path },
		{ "0", path },
	};
	struct event event = load_of(path);

	for (size_t i = 0; i < COUNT(rows); i++) {
		char expected[256];
		const char *line;

		setenv("COLUMNS", rows[i].columns, 1);
		line = line_of(&event, false);
		snprintf(expected, sizeof(expected), "14:03:07  loaded     dummy         by root, modprobe, from %s\n",
			 rows[i].path);
		assert_string_equal(line, expected);
	}
	unsetenv("COLUMNS");
}

/* A window's width counts, whatever $COLUMNS says, and it is asked for each line. */
static void follows_the_window(void **state)
{
	struct event event = load_of("/usr/lib/modules/6.1.0-50-cloud-amd64/kernel/drivers/net/dummy.ko");
	struct terminal terminal = open_terminal(false);
	int master;

	assert_int_equal(openpty(&master, &terminal.fd, NULL, NULL, &(struct winsize) { .ws_col = 80, .ws_row = 24 }),
			 0);
	setenv("COLUMNS", "200", 1);
	assert_non_null(strstr(lines_of(&terminal, &event), "from /usr/.../net/dummy.ko"));
	assert_int_equal(ioctl(master, TIOCSWINSZ, &(struct winsize) { .ws_col = 100, .ws_row = 24 }), 0);
	assert_non_null(strstr(lines_of(&terminal, &event), "from /usr/.../kernel/drivers/net/dummy.ko"));
	assert_int_equal(ioctl(master, TIOCSWINSZ, &(struct winsize) { 0 }), 0);
	assert_non_null(strstr(lines_of(&terminal, &event), "from /usr/lib/modules"));
	unsetenv("COLUMNS");
	close(master);
	close(terminal.fd);
}

static void days(void **state)
{
	struct terminal terminal;
	struct event event = load_of("/m/dummy.ko");

	setenv("TZ", "CET-1", 1);
	terminal = open_terminal(false);
	assert_string_equal(lines_of(&terminal, &event),
			    "Wednesday, 25 November 2026, CET\n"
			    "15:03:07  loaded     dummy         by root, modprobe, from /m/dummy.ko\n");
	event.time.value += 8ull * 3600 * 1000000000; /* 22:03 UTC */
	assert_string_equal(lines_of(&terminal, &event),
			    "23:03:07  loaded     dummy         by root, modprobe, from /m/dummy.ko\n");
	event.time.value += 3600ull * 1000000000;
	assert_string_equal(lines_of(&terminal, &event),
			    "Thursday, 26 November 2026, CET\n"
			    "00:03:07  loaded     dummy         by root, modprobe, from /m/dummy.ko\n");
	setenv("TZ", "UTC", 1);
}

static void snapshot(void **state)
{
	struct event event = { .kind = EVENT_MODULE_PRESENT, .time = number_of(moment) };
	struct terminal terminal = open_terminal(false);
	char *line;
	size_t size;

	event.module = (struct module_part) { .known = KNOWN, .name = text_of("loop") };
	assert_string_equal(line_of(&event, false), "14:03:07  present    loop          is already loaded\n");
	terminal.lists_present = false;
	assert_int_equal(terminal_render(&terminal, &event, &line, &size), 0);
	assert_int_equal(size, 0);
	assert_int_equal(terminal_render_present(&terminal, moment, &line, &size), 0);
	line[size - 1] = '\0';
	assert_string_equal(strchr(line, '\n') + 1, "14:03:07  present    1 module is already loaded; -v lists it");
	free(line);
	assert_int_equal(terminal_render_present(&terminal, moment, &line, &size), 0);
	assert_int_equal(size, 0);
}

/* ---- colour */

static const char *colour_of(const struct event *event)
{
	static char code[16];
	const char *start = strchr(line_of(event, true), '\033');

	if (!start)
		return "";
	snprintf(code, sizeof(code), "%.*s", (int)(strcspn(start, "m") + 1), start);
	return code;
}

static void colours(void **state)
{
	struct event event = load_of("/m/dummy.ko");

	assert_string_equal(line_of(&event, true),
			    "14:03:07  \033[32mloaded     dummy         \033[0mby root, modprobe, "
			    "from /m/dummy.ko\n");
	event.module.is_signed = number_of(false);
	assert_string_equal(colour_of(&event), "\033[33m");
	event.outcome = text_of("failure");
	event.syscall.errno_name = text_of("EPERM");
	assert_string_equal(colour_of(&event), "\033[31m");
	event.outcome = TEXT_UNKNOWN; /* not known is not well */
	assert_string_equal(colour_of(&event), "\033[31m");
	event.kind = EVENT_MODULE_COMING;
	assert_string_equal(colour_of(&event), "\033[2m");
	event.kind = EVENT_MODULE_HIDDEN;
	assert_string_equal(colour_of(&event), "\033[1;31m");
	event.kind = EVENT_EVENTS_LOST;
	assert_string_equal(colour_of(&event), "\033[1;31m");
	event.kind = EVENT_MONITOR_STOP;
	assert_string_equal(colour_of(&event), "");
	event.kind = EVENT_MONITOR_START;
	assert_string_equal(colour_of(&event), "");
	event.degraded = number_of(true);
	assert_string_equal(colour_of(&event), "\033[1;31m");
}

/* ---- what others chose */

static const struct {
	const char *bytes;
	size_t size;
} hostile[] = {
	{ BYTES("dummy by root") },
	{ BYTES("dummy        by root, modprobe") },
	{ BYTES("x\n14:03:07  loaded     good          by root") },
	{ BYTES("x\r\033[2K\033[1A\033[31m\033]0;title\007\b\b") },
	{ BYTES("\xc2\x9b"
		"31m\xc2\x85\xe2\x80\xa8\xe2\x80\xa9") },
	{ BYTES("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c\xe2\x80\x8b\xef\xbb\xbf") },
	{ BYTES("e\xcc\x81\xe4\xb8\xad\xf0\x9f\x98\x80\xd7\x90") },
	{ BYTES("\xff\xfe\xc3\0\xc3") },
	{ BYTES("a, by root; unsigned (\"') [x] \\ \t\v\f\x7f") },
	{ BYTES("") },
	{ BYTES("\xe2\x80\xa6...\xc2\xa0\xe3\x80\x80") },
};

/* All that the kind has: texts are these bytes, everything else is there. argv has one argument, lists have two. */
static void fill(const struct field *fields, void *part, const struct text *text)
{
	static struct text texts[2];
	static char items[8][4096];
	static const struct count_part counts[] = { { "covered", 1 } };
	static size_t used;

	for (const struct field *field = fields; field->key; field++) {
		void *value = (char *)part + field->offset;

		switch (field->type) {
		case FIELD_TEXT:
		case FIELD_PATH:
		case FIELD_ARGV:
			*(struct text *)value = *text;
			break;
		case FIELD_TEXTS:
			texts[0] = texts[1] = *text;
			*(struct list *)value = (struct list) { .known = KNOWN, .count = 2, .items = texts };
			break;
		case FIELD_COUNTS:
			*(struct list *)value = (struct list) { .known = KNOWN, .count = 1, .items = counts };
			break;
		case FIELD_LIST: {
			char *item = items[used++ % COUNT(items)];

			assert_true(field->item_size <= sizeof(items[0]));
			memset(item, 0, sizeof(items[0]));
			*(enum known *)item = KNOWN;
			fill(field->fields, item, text);
			*(struct list *)value = (struct list) { .known = KNOWN, .count = 1, .items = item };
			break;
		}
		case FIELD_OBJECT:
			*(enum known *)value = KNOWN;
			fill(field->fields, value, text);
			break;
		default:
			*(struct number *)value = number_of(0);
		}
	}
}

static struct event filled(enum event_kind kind, const struct text *text)
{
	struct event event = { .kind = kind };

	fill(common_fields, &event, text);
	fill(event_fields(kind), &event, text);
	event.time = number_of(moment);
	return event;
}

static size_t spaces_in(const char *line)
{
	size_t count = 0;

	for (; *line; line++)
		count += *line == ' ' && line[1] != ' ';
	return count;
}

/* Nothing but our own colours, and those only where they are wanted; each line's end is our own. */
static void check_line(const char *line, bool colour, bool utf8)
{
	static const char *const ours[] = { "\033[0m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[1;31m" };

	for (const char *c = line; c[1]; c++) {
		bool known = false;

		for (size_t i = 0; *c == '\033' && colour && i < COUNT(ours); i++)
			known |= !strncmp(c, ours[i], strlen(ours[i]));
		if (!known && (*c < ' ' || *c > '~') && !(utf8 && (*c & 0x80)))
			fail_msg("byte %02x in %s", (unsigned char)*c, line);
	}
	assert_int_equal(line[strlen(line) - 1], '\n');
}

static void assert_columns(const char *line)
{
	assert_memory_equal(line, "14:03:07  ", VERB);
	assert_true(line[VERB] != ' ' && line[NAME] != ' ');
	assert_int_equal(line[NAME - 1], ' ');
	assert_int_equal(line[NAME - 2], ' ');
}

static void names_forge_nothing(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		for (size_t i = 0; i < COUNT(hostile); i++) {
			struct text text = { .known = KNOWN, .size = hostile[i].size, .bytes = hostile[i].bytes };
			struct event event = filled(kind, &text);

			check_line(line_of(&event, true), true, false);
			check_line(line_of(&event, false), false, false);
			assert_columns(line_of(&event, false));
		}
	}
}

/* In a UTF-8 locale, letters are all that is more. */
static void utf8_forges_nothing(void **state)
{
	struct terminal terminal = open_terminal(false);
	struct text letter = { .known = KNOWN, .size = 5, .bytes = "j\xc3\xb6rg" };
	struct event event;

	assert_false(terminal.utf8);
	setenv("LC_ALL", "C.UTF-8", 1);
	terminal = open_terminal(false);
	assert_true(terminal.utf8);
	unsetenv("LC_ALL");
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct text text = { .known = KNOWN, .size = hostile[i].size, .bytes = hostile[i].bytes };
		const char *lines;

		event = filled(EVENT_MODULE_LOAD, &text);
		lines = lines_of(&terminal, &event);
		check_line(i ? lines : strchr(lines, '\n') + 1, false, false);
	}
	event = load_of("/m/dummy.ko");
	event.module.name = letter;
	assert_string_equal(lines_of(&terminal, &event),
			    "14:03:07  loaded     \"j\xc3\xb6rg\"        by root, modprobe, from /m/dummy.ko\n");
}

/* As many words as with a harmless name: it is one of them, whatever is in it. Words of ours and parameters are left
 * out. */
static void names_are_one_word(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct text harmless = { .known = KNOWN, .size = 1, .bytes = "x" };
		struct event event = filled(kind, &harmless);
		size_t words;

		event.module.params = event.change = event.reason = harmless;
		event.degraded = number_of(false);
		words = spaces_in(line_of(&event, false));
		for (size_t i = 0; i < COUNT(hostile); i++) {
			struct text text = { .known = KNOWN, .size = hostile[i].size, .bytes = hostile[i].bytes };

			if (memchr(text.bytes, '\0', text.size) || !text.size)
				continue; /* argv has more, or fewer, arguments then */
			event = filled(kind, &text);
			event.module.params = event.change = event.reason = harmless;
			event.degraded = number_of(false);
			if (spaces_in(line_of(&event, false)) != words)
				fail_msg("%s: %s", event_name(kind), line_of(&event, false));
		}
	}
}

/* Each kind with all it has unknown has its line, too. */
static void nothing_is_known(void **state)
{
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++) {
		struct event event = { .kind = kind, .time = number_of(moment) };

		for (const struct field *field = event_fields(kind); field->key; field++)
			*(enum known *)((char *)&event + field->offset) = UNKNOWN;
		assert_columns(line_of(&event, false));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(follows_the_window),
		cmocka_unit_test(days),
		cmocka_unit_test(snapshot),
		cmocka_unit_test(colours),
		cmocka_unit_test(names_forge_nothing),
		cmocka_unit_test(utf8_forges_nothing),
		cmocka_unit_test(names_are_one_word),
		cmocka_unit_test(nothing_is_known),
	};

	return cmocka_run_group_tests_name("terminal", tests, set_up, NULL);
}
