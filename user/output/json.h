/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KMODWATCH_JSON_H
#define KMODWATCH_JSON_H

#include "limits.h"

/*
 * The event as one JSON object and a newline, at most `most` bytes (LINE_LEAST or more): where that is too little, what
 * is cut is marked `<key>_truncated`, with the size of the whole in `<key>_length`. On success *line is the caller's to
 * free, *size its length without a terminating NUL. Returns 0, or -ENOMEM, and then leaves both untouched.
 */
int json_render(const struct event *event, size_t most, char **line, size_t *size);

#endif
