/* SPDX-License-Identifier: BSD-2-Clause */
/* A line as a strict reader takes it. */
#ifndef KMODWATCH_STRICT_H
#define KMODWATCH_STRICT_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * The line without its newline as a JSON text of its own: RFC 8259 to the letter, and valid UTF-8. The object is the
 * caller's to put; NULL where it is none of that, with the reason in *why (static).
 */
json_object *strict_parse(const char *line, size_t size, const char **why);

#endif
