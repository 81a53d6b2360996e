/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines as their readers see them: parsed back, and compared. */
#ifndef KMODWATCH_UNIT_LINE_H
#define KMODWATCH_UNIT_LINE_H

#include "unit.h"

#include <json-c/json.h>

/* Asserts what holds for every line: one strict JSON object, plain bytes only, a newline, no more than the limit. */
json_object *line_parse(const char *line, size_t size);

/* Renders the event and parses it back. The line goes to *line where that is not NULL (free() it). */
json_object *line_of(const struct event *event, char **line);

/*
 * Asserts that what expected says is so in got: objects may have more keys than it names, all else is equal.
 * The string "@absent" stands for a key that must not be there. expected: JSON, with ' or " around strings.
 */
#define assert_json(got, expected) check_json(got, expected, __FILE__, __LINE__)
void check_json(json_object *got, const char *expected, const char *file, int line);

#endif
