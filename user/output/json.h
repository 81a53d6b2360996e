/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef KMODWATCH_JSON_H
#define KMODWATCH_JSON_H

#include "event.h"

/* The contract allows 64 KiB; journald splits what comes from a service's stdout at 48 KiB (LineMax=,
 * journald.conf(5)). */
enum { LINE_MAX_BYTES = 49152 };

/*
 * The event as one JSON object and a newline, at most LINE_MAX_BYTES: where that is too little, its
 * longest texts, then its longest lists are cut and marked `<key>_truncated`. On success *line is the caller's to free,
 * *size its length without a terminating NUL. Returns 0, or -ENOMEM, and then leaves both untouched.
 */
int json_render(const struct event *event, char **line, size_t *size);

#endif
