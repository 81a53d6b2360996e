// SPDX-License-Identifier: BSD-2-Clause
#include "line.h"
#include "../../user/output/json.h"
#include "strict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_object *line_parse(const char *line, size_t size)
{
	json_object *object;
	const char *why;

	assert_true(size > 2 && size <= LINE_MOST);
	assert_true(line[size - 1] == '\n');
	for (size_t i = 0; i < size - 1; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			fail_msg("byte %zu of the line is 0x%02x", i, line[i]);
	object = strict_parse(line, size - 1, &why);
	if (!object)
		fail_msg("the line is not strict JSON: %s", why);
	assert_true(json_object_is_type(object, json_type_object));
	return object;
}

json_object *line_of(const struct event *event, char **line)
{
	json_object *object;
	char *text = NULL;
	size_t size;

	assert_int_equal(json_render(event, LINE_MOST, &text, &size), 0);
	object = line_parse(text, size);
	if (line)
		*line = text;
	else
		free(text);
	return object;
}

static bool holds(json_object *got, json_object *expected)
{
	json_object *absent = json_object_new_string("@absent");
	bool all = true;

	if (!json_object_is_type(expected, json_type_object)) {
		all = json_object_equal(got, expected);
	} else {
		json_object_object_foreach(expected, key, value)
		{
			json_object *have = NULL;
			bool there = json_object_object_get_ex(got, key, &have);

			if (json_object_equal(value, absent) ? there : !there || !holds(have, value)) {
				print_error("different: %s\n", key);
				all = false;
			}
		}
	}
	json_object_put(absent);
	return all;
}

void check_json(json_object *got, const char *expected, const char *file, int line)
{
	json_object *wanted = json_tokener_parse(expected);

	if (!wanted)
		fail_msg("the test's own JSON is wrong: %s", expected);
	if (!holds(got, wanted)) { /* print_error() cuts at 1 KiB */
		fprintf(stderr, "expected %s\n     got %s\n", expected,
			json_object_to_json_string_ext(got, JSON_C_TO_STRING_PLAIN));
		_fail(file, line);
	}
	json_object_put(wanted);
}
