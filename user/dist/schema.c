// SPDX-License-Identifier: BSD-2-Clause
/*
 * Prints the JSON Schema of the lines, at build time: fields.c's descriptions, walked as the renderer walks them, so
 * that the two cannot differ, with what kmodwatch-events(5) says of each key (schema PAGE). A key that does not apply
 * is absent, one that could not be read is null: so nothing but what every line starts with is required, and all else
 * may be null.
 */
#include "../output/fields.h"
#include "page.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_object *definitions;

/* This runs at build time: without memory there is no schema. */
static json_object *checked(json_object *object)
{
	if (!object) {
		fputs("schema: there is no memory\n", stderr);
		exit(1);
	}
	return object;
}

static json_object *new_object(void)
{
	return checked(json_object_new_object());
}

static json_object *new_array(void)
{
	return checked(json_object_new_array());
}

static json_object *string(const char *text)
{
	return checked(json_object_new_string(text));
}

/* Sets to[key], and gives value back. */
static json_object *set(json_object *to, const char *key, json_object *value)
{
	if (json_object_object_add(to, key, value))
		checked(NULL);
	return value;
}

static void append(json_object *to, json_object *value)
{
	if (json_object_array_add(to, value))
		checked(NULL);
}

static void set_type(json_object *schema, const char *type, bool nullable)
{
	json_object *types;

	if (!nullable) {
		set(schema, "type", string(type));
		return;
	}
	types = set(schema, "type", new_array());
	append(types, string(type));
	append(types, string("null"));
}

static json_object *typed(const char *type, bool nullable)
{
	json_object *schema = new_object();

	set_type(schema, type, nullable);
	return schema;
}

static json_object *matching(const char *pattern, bool nullable)
{
	json_object *schema = typed("string", nullable);

	set(schema, "pattern", string(pattern));
	return schema;
}

static json_object *list_of(json_object *items, bool nullable)
{
	json_object *schema = typed("array", nullable);

	set(schema, "items", items);
	return schema;
}

static json_object *reference(const char *name)
{
	json_object *schema = new_object();
	char text[128];

	snprintf(text, sizeof(text), "#/$defs/%s", name);
	set(schema, "$ref", string(text));
	return schema;
}

static json_object *whole_number(bool nullable)
{
	json_object *schema = typed("integer", nullable);

	set(schema, "minimum", checked(json_object_new_int(0)));
	return schema;
}

static json_object *one_of(const char *const *words, bool nullable)
{
	json_object *schema = new_object(), *allowed = set(schema, "enum", new_array());

	for (; *words; words++)
		append(allowed, string(*words));
	if (nullable)
		append(allowed, NULL);
	return schema;
}

static json_object *counts(bool nullable)
{
	json_object *schema = typed("object", nullable);

	set(schema, "additionalProperties", whole_number(false));
	return schema;
}

static void add_fields(json_object *properties, const char *section, const struct field *fields, bool nullable);

static void add_example(json_object *schema, json_object *example)
{
	if (example)
		append(set(schema, "examples", new_array()), example);
}

/* What the page says of the key, or of the section where the key is "". */
static void describe(json_object *schema, const char *section, const char *key)
{
	const struct page_item *item = page_find(section, key);

	if (!item)
		return; /* names.py says so */
	if (item->text)
		set(schema, "description", string(item->text));
	if (item->unit)
		set(schema, "unit", string(item->unit));
	if (item->example)
		add_example(schema, json_tokener_parse(item->example));
}

/* The first example of a schema, the caller's to put; NULL: it has none. */
static json_object *example_of(json_object *schema)
{
	json_object *examples;

	if (!json_object_object_get_ex(schema, "examples", &examples))
		return NULL;
	return json_object_get(json_object_array_get_idx(examples, 0));
}

static bool is_companion(const char *key)
{
	static const char *const suffixes[] = { "_hex", "_truncated", "_length", "_gap", "_detached" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strlen(key) > strlen(suffixes[i]) && !strcmp(key + strlen(key) - strlen(suffixes[i]), suffixes[i]))
			return true;
	return false;
}

/* Of an object: the examples of its keys. */
static json_object *example_of_properties(json_object *schema)
{
	json_object *properties, *example = new_object(), *one;

	json_object_object_get_ex(schema, "properties", &properties);
	json_object_object_foreach(properties, key, value)
	{
		one = is_companion(key) ? NULL : example_of(value);
		if (one)
			set(example, key, one);
	}
	return example;
}

/* The part's schema is written once, under its description's name without `_fields`. */
static json_object *part(const struct field *field)
{
	json_object *schema;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(field->fields_name) - strlen("_fields")), field->fields_name);
	if (!json_object_object_get_ex(definitions, name, NULL)) {
		schema = set(definitions, name, typed("object", true));
		describe(schema, name, "");
		add_fields(set(schema, "properties", new_object()), name, field->fields, true);
		add_example(schema, example_of_properties(schema));
		set(schema, "additionalProperties", checked(json_object_new_boolean(true)));
	}
	return reference(name);
}

static json_object *value(const struct field *field, bool nullable)
{
	switch (field->type) {
	case FIELD_INT:
		return typed("integer", nullable);
	case FIELD_UINT:
		return whole_number(nullable);
	case FIELD_BOOL:
		return typed("boolean", nullable);
	case FIELD_TIME:
		return matching("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$", nullable);
	case FIELD_TEXT:
	case FIELD_PATH:
		return field->words ? one_of(field->words, nullable) : typed("string", nullable);
	case FIELD_ARGV:
		return list_of(typed("string", false), nullable);
	case FIELD_TEXTS:
		return list_of(typed("string", true), nullable);
	case FIELD_COUNTS:
		return counts(nullable);
	case FIELD_OBJECT:
		return part(field);
	case FIELD_LIST:
		return list_of(part(field), nullable);
	}
	return NULL;
}

/* What stands beside a value where it is needed. example: JSON. */
static void add_companion(json_object *properties, const char *key, const char *suffix, json_object *schema,
			  const char *example)
{
	const struct page_item *item;
	char name[64];

	snprintf(name, sizeof(name), "KEY%s", suffix);
	item = page_find("Text", name);
	set(schema, "description", string(item && item->text ? item->text : ""));
	add_example(schema, json_tokener_parse(example));
	snprintf(name, sizeof(name), "%s%s", key, suffix);
	set(properties, name, schema);
}

static json_object *hex(bool nullable)
{
	return matching("^([0-9a-f]{2})*$", nullable);
}

static json_object *only_true(void)
{
	json_object *schema = new_object();

	set(schema, "const", checked(json_object_new_boolean(true)));
	return schema;
}

static json_object *length(bool in_bytes)
{
	json_object *schema = whole_number(true);

	set(schema, "unit", string(in_bytes ? "bytes" : "items"));
	return schema;
}

/* What the renderer puts beside a value that cannot be shown as it is. */
static void add_companions(json_object *properties, const struct field *field)
{
	bool is_text = (field->type == FIELD_TEXT && !field->words) || field->type == FIELD_PATH;
	bool is_texts = field->type == FIELD_ARGV || field->type == FIELD_TEXTS;

	if (is_text)
		add_companion(properties, field->key, "_hex", hex(false), "\"ff\"");
	if (is_texts) /* an item is null where its text is */
		add_companion(properties, field->key, "_hex", list_of(hex(field->type == FIELD_TEXTS), false),
			      "[\"61\", \"ff\"]");
	if (is_text || is_texts || field->type == FIELD_LIST) {
		add_companion(properties, field->key, "_truncated", only_true(), "true");
		add_companion(properties, field->key, "_length", length(is_text || field->type == FIELD_ARGV), "5015");
	}
	if (field->type == FIELD_ARGV)
		add_companion(properties, field->key, "_gap", whole_number(false), "3");
	if (is_text)
		add_companion(properties, field->key, "_detached", only_true(), "true");
}

/* A part's own example is made of those of its keys. */
static json_object *example_of_part(const struct field *field)
{
	json_object *described, *example, *list;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(field->fields_name) - strlen("_fields")), field->fields_name);
	json_object_object_get_ex(definitions, name, &described);
	example = example_of(described);
	if (field->type == FIELD_OBJECT)
		return example;
	list = new_array();
	append(list, example);
	return list;
}

static void add_fields(json_object *properties, const char *section, const struct field *fields, bool nullable)
{
	for (const struct field *field = fields; field->key; field++) {
		json_object *schema = set(properties, field->key, value(field, nullable));

		describe(schema, section, field->key);
		if (field->fields)
			add_example(schema, example_of_part(field));
		add_companions(properties, field);
	}
}

/* Every kind's description is whole: what all lines have is in it too. */
static void add_kind(json_object *all, json_object *names, enum event_kind kind)
{
	json_object *shortened, *choice = new_object(), *when, *schema, *properties, *name = new_object(),
				*number = new_object();

	append(names, string(event_name(kind)));
	append(all, choice);
	when = set(set(choice, "if", new_object()), "properties", new_object());
	set(set(when, "kind", new_object()), "const", string(event_name(kind)));
	set(choice, "then", reference(event_name(kind)));

	schema = set(definitions, event_name(kind), typed("object", false));
	describe(schema, event_name(kind), "");
	properties = set(schema, "properties", new_object());
	add_fields(properties, "EVERY LINE", common_fields, false);
	set(number, "const", checked(json_object_new_int(EVENT_SCHEMA)));
	describe(number, "EVERY LINE", "schema");
	set(properties, "schema", number);
	set(name, "const", string(event_name(kind)));
	describe(name, "EVERY LINE", "kind");
	json_object_object_del(name, "examples");
	add_example(name, string(event_name(kind)));
	set(properties, "kind", name);
	add_fields(properties, event_name(kind), event_fields(kind), true);
	shortened = set(properties, "shortened", only_true());
	set(shortened, "description", string("The line would have been too long with all of its keys."));
	add_example(shortened, checked(json_object_new_boolean(true)));
	set(schema, "additionalProperties", checked(json_object_new_boolean(true)));
}

static json_object *line_schema(void)
{
	json_object *schema = new_object(), *required, *names, *all;

	set(schema, "$schema", string("https://json-schema.org/draft/2020-12/schema"));
	set(schema, "title", string("A line of kmodwatch " KMODWATCH_VERSION));
	set(schema, "description",
	    string("A key that does not apply is absent. One that applies but could not be read is null. "
		   "Later versions may add keys."));
	set_type(schema, "object", false);
	required = set(schema, "required", new_array());
	for (const struct field *field = common_fields; field->key; field++)
		append(required, string(field->key));
	names = set(set(set(schema, "properties", new_object()), "kind", new_object()), "enum", new_array());
	all = set(schema, "allOf", new_array());
	definitions = set(schema, "$defs", new_object());
	for (enum event_kind kind = 0; kind < EVENT_KINDS; kind++)
		add_kind(all, names, kind);
	return schema;
}

int main(int argc, char **argv)
{
	json_object *schema;
	int failed;

	if (argc != 2) {
		fputs("schema: usage: schema PAGE\n", stderr);
		return 1;
	}
	page_read(argv[1]);
	schema = line_schema();
	failed = puts(json_object_to_json_string_ext(schema, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
								 JSON_C_TO_STRING_NOSLASHESCAPE)) < 0;

	json_object_put(schema);
	return failed || fflush(stdout) ? 1 : 0;
}
