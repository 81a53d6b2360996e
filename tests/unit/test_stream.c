// SPDX-License-Identifier: BSD-2-Clause
#include "../../user/output/stream.h"
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const volatile int stopping;

struct pipe_stream {
	struct stream stream;
	int fds[2];
};

static void open_stream(struct pipe_stream *made)
{
	assert_int_equal(pipe2(made->fds, O_NONBLOCK), 0);
	assert_int_equal(stream_init(&made->stream, made->fds[1], OUTPUT_JSON, &stopping), 0);
}

static void close_stream(struct pipe_stream *made)
{
	stream_done(&made->stream);
	close(made->fds[0]);
	close(made->fds[1]);
}

static json_object *emitted(struct pipe_stream *made, struct event event)
{
	char line[4096];
	ssize_t n;

	assert_int_equal(stream_emit(&made->stream, &event), 0);
	n = read(made->fds[0], line, sizeof(line));
	assert_true(n > 0);
	return line_parse(line, n);
}

static const char *string_of(json_object *line, const char *key)
{
	json_object *value = NULL;

	assert_true(json_object_object_get_ex(line, key, &value));
	return json_object_get_string(value);
}

static void what_every_line_has(void **state)
{
	json_object *lines[3], *of_host;
	struct pipe_stream made;
	char host[65], expected[512];

	gethostname(host, sizeof(host));
	open_stream(&made);
	for (int i = 0; i < 3; i++) {
		lines[i] = emitted(&made, (struct event) { .kind = EVENT_EVENTS_LOST, .count = number_of(i) });
		snprintf(expected, sizeof(expected),
			 "{'schema':2,'seq':%d,'kind':'events_lost','host':{'name':'%s'},'count':%d}", i + 1, host, i);
		assert_json(lines[i], expected);
		assert_true(json_object_object_get_ex(lines[i], "host", &of_host));
		assert_int_equal(strlen(string_of(of_host, "boot")), 36);
		assert_int_equal(strlen(string_of(lines[i], "time")), 30);
		assert_true(strcmp(string_of(lines[i], "time"), "2024") > 0);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(string_of(lines[i], "id"), string_of(lines[j], "id"));
	}
	for (int i = 0; i < 3; i++)
		json_object_put(lines[i]);
	assert_int_equal(made.stream.counts[EVENT_EVENTS_LOST], 3);
	close_stream(&made);
}

static void the_kernels_own_id_and_time(void **state)
{
	struct event event = { .kind = EVENT_MODULE_LOAD, .id = text_of("aa-3"), .time = number_of(5) };
	struct pipe_stream made;
	json_object *line;

	open_stream(&made);
	line = emitted(&made, event);
	assert_json(line, "{'id':'aa-3','time':'1970-01-01T00:00:00.000000005Z','seq':1}");
	json_object_put(line);
	close_stream(&made);
}

/* A line that did not go out takes no number: there are no holes. */
static void failed_line(void **state)
{
	struct event event = { .kind = EVENT_MODULE_LOAD };
	struct pipe_stream made;
	json_object *line;
	int out;

	open_stream(&made);
	out = made.stream.sink.outlet.fd;
	made.stream.sink.outlet.fd = -1;
	assert_int_equal(stream_emit(&made.stream, &event), -EBADF);
	made.stream.sink.outlet.fd = out;
	line = emitted(&made, (struct event) { .kind = EVENT_MODULE_UNLOAD });
	assert_json(line, "{'seq':1}");
	json_object_put(line);
	assert_int_equal(made.stream.counts[EVENT_MODULE_LOAD], 0);
	close_stream(&made);
}

static size_t said(struct pipe_stream *made, char *lines, size_t room)
{
	ssize_t n = read(made->fds[0], lines, room - 1);

	lines[n < 0 ? 0 : n] = '\0';
	return n < 0 ? 0 : n;
}

/* Text has one line for all modules that are already loaded, or one for each; JSON is as ever. Counts are the same. */
static void snapshot_in_text(void **state)
{
	for (int lists = 0; lists < 2; lists++) {
		struct pipe_stream made;
		char lines[4096];

		open_stream(&made);
		made.stream.output = OUTPUT_TEXT;
		terminal_init(&made.stream.terminal, -1, false, lists);
		for (int i = 0; i < 3; i++) {
			struct event event = { .kind = EVENT_MODULE_PRESENT,
					       .module = { .known = KNOWN, .name = text_of("loop") } };

			assert_int_equal(stream_emit(&made.stream, &event), 0);
		}
		assert_int_equal(said(&made, lines, sizeof(lines)) > 0, lists);
		assert_int_equal(stream_end_snapshot(&made.stream), 0);
		if (lists) {
			assert_int_equal(said(&made, lines, sizeof(lines)), 0);
		} else {
			said(&made, lines, sizeof(lines));
			assert_non_null(strstr(lines, "  present    3 modules are already loaded; -v lists them\n"));
			assert_null(strstr(lines, "loop"));
			assert_int_equal(stream_end_snapshot(&made.stream), 0); /* it is told once */
			assert_int_equal(said(&made, lines, sizeof(lines)), 0);
		}
		assert_int_equal(made.stream.counts[EVENT_MODULE_PRESENT], 3);
		assert_int_equal(made.stream.seq, 3);
		close_stream(&made);
	}
}

static void snapshot_in_json(void **state)
{
	struct pipe_stream made;
	char lines[64];

	open_stream(&made);
	json_object_put(emitted(&made, (struct event) { .kind = EVENT_MODULE_PRESENT }));
	assert_int_equal(stream_end_snapshot(&made.stream), 0);
	assert_int_equal(said(&made, lines, sizeof(lines)), 0);
	close_stream(&made);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_every_line_has), cmocka_unit_test(the_kernels_own_id_and_time),
		cmocka_unit_test(failed_line),	       cmocka_unit_test(snapshot_in_text),
		cmocka_unit_test(snapshot_in_json),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
