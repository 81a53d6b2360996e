// SPDX-License-Identifier: BSD-2-Clause
#include "strict.h"

#include <stdlib.h>
#include <string.h>

static json_object *parse(const char *line, size_t size, int flags, const char **why)
{
	json_tokener *tokener = json_tokener_new();
	json_object *object;

	json_tokener_set_flags(tokener, flags);
	object = json_tokener_parse_ex(tokener, line, (int)size);
	if (json_tokener_get_error(tokener) != json_tokener_success || json_tokener_get_parse_end(tokener) != size) {
		*why = json_tokener_error_desc(json_tokener_get_error(tokener));
		json_object_put(object);
		object = NULL;
	}
	json_tokener_free(tokener);
	return object;
}

/* json-c 0.18, which Debian 13 has, takes each byte of 0x80 and above for a control character when it is to be strict
 * (its issue 892). So the form is read with those bytes replaced, and the text with all of them. */
json_object *strict_parse(const char *line, size_t size, const char **why)
{
	char *form = malloc(size + 1);
	json_object *object;

	if (!form) {
		*why = "out of memory";
		return NULL;
	}
	for (size_t i = 0; i < size; i++)
		form[i] = (unsigned char)line[i] < 0x80 ? line[i] : '?';
	form[size] = '\0';
	object = parse(form, size, JSON_TOKENER_STRICT, why);
	free(form);
	if (!object)
		return NULL;
	json_object_put(object);
	return parse(line, size, JSON_TOKENER_VALIDATE_UTF8, why);
}
