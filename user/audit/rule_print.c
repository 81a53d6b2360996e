// SPDX-License-Identifier: BSD-2-Clause
#include "rule_print.h"
#include "comparison.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct writer {
	char *text;
	size_t size, used;
	struct arena *arena;
};

static void put(struct writer *writer, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct writer *writer, const char *format, ...)
{
	va_list args;
	int n;

	if (!writer->text)
		return;
	va_start(args, format);
	n = vsnprintf(writer->text + writer->used, writer->size - writer->used, format, args);
	va_end(args);
	if (writer->used + (size_t)n + 1 > writer->size) {
		size_t size = (writer->used + (size_t)n + 1) * 2;
		char *more = arena_alloc(writer->arena, size);

		if (more)
			memcpy(more, writer->text, writer->used);
		writer->text = more;
		writer->size = size;
		if (!more)
			return;
		va_start(args, format);
		vsnprintf(more + writer->used, size - writer->used, format, args);
		va_end(args);
	}
	writer->used += (size_t)n;
}

static const char *list_name(uint32_t list)
{
	switch (list) {
	case AUDIT_FILTER_USER:
		return "user";
	case AUDIT_FILTER_TASK:
		return "task";
	case AUDIT_FILTER_EXIT:
		return "exit";
	case AUDIT_FILTER_EXCLUDE:
		return "exclude";
	case AUDIT_FILTER_FS:
		return "filesystem";
	case RULE_LIST_URING:
		return "io_uring";
	default:
		return "unknown";
	}
}

/* Spaces and backslashes as auditctl wants them. */
static void put_text(struct writer *writer, const char *text)
{
	for (; *text; text++)
		put(writer, *text == ' ' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void put_keys(struct writer *writer, const char *keys)
{
	while (*keys) {
		size_t size = strcspn(keys, "\001");
		char key[AUDIT_MAX_KEY_LEN + 1];

		snprintf(key, sizeof(key), "%.*s", (int)size, keys);
		put(writer, " -F key=");
		put_text(writer, key);
		keys += size + (keys[size] != '\0');
	}
}

static void put_number(struct writer *writer, const struct rule_field *field)
{
	switch (field->type) {
	case AUDIT_LOGINUID:
	case AUDIT_SESSIONID:
		if (field->value == UINT32_MAX) {
			put(writer, "unset");
			return;
		}
		break;
	case AUDIT_EXIT:
		put(writer, "%d", (int32_t)field->value);
		return;
	case AUDIT_MSGTYPE:
		if (audit_msg_type_to_name((int)field->value)) {
			put(writer, "%s", audit_msg_type_to_name((int)field->value));
			return;
		}
		break;
	case AUDIT_FILETYPE:
		if (audit_ftype_to_name((int)field->value)) {
			put(writer, "%s", audit_ftype_to_name((int)field->value));
			return;
		}
		break;
	}
	put(writer, "%u", field->value);
}

static void put_arch(struct writer *writer, uint32_t elf)
{
	int machine = audit_detect_machine();

	if (machine >= 0 && audit_machine_to_elf(machine) == elf)
		put(writer, elf & __AUDIT_ARCH_64BIT ? "b64" : "b32");
	else if (audit_machine_to_elf(audit_determine_machine("b32")) == elf)
		put(writer, "b32");
	else
		put(writer, "0x%x", elf);
}

static void put_perm(struct writer *writer, uint32_t perm)
{
	put(writer, "%s%s%s%s", perm & AUDIT_PERM_READ ? "r" : "", perm & AUDIT_PERM_WRITE ? "w" : "",
	    perm & AUDIT_PERM_EXEC ? "x" : "", perm & AUDIT_PERM_ATTR ? "a" : "");
}

static void put_field(struct writer *writer, const struct rule_field *field)
{
	const char *sign = audit_operator_to_symbol((int)field->op);
	uint32_t left, right;

	if (field->type == AUDIT_FIELD_COMPARE && field_compared(field->value, &left, &right)) {
		put(writer, " -C %s%s", rule_field_name(left), sign ? sign : "?");
		put(writer, "%s", rule_field_name(right));
		return;
	}
	put(writer, " -F %s%s", rule_field_name(field->type), sign ? sign : "?");
	if (field->text)
		put_text(writer, field->text);
	else if (field->type == AUDIT_ARCH)
		put_arch(writer, field->value);
	else if (field->type == AUDIT_PERM)
		put_perm(writer, field->value);
	else
		put_number(writer, field);
}

static void put_calls(struct writer *writer, const struct rule *rule, uint32_t elf)
{
	int machine = elf ? audit_elf_to_machine(elf) : audit_detect_machine();
	const char *before = " -S ";

	if (rule_has_all_calls(rule)) {
		put(writer, " -S all");
		return;
	}
	for (unsigned int nr = 0; nr < AUDIT_BITMASK_SIZE * 32; nr++) {
		const char *name;

		if (!rule_has_call(rule, nr))
			continue;
		name = machine < 0 ? NULL : audit_syscall_to_name((int)nr, machine);
		if (name)
			put(writer, "%s%s", before, name);
		else
			put(writer, "%s%u", before, nr);
		before = ",";
	}
}

/* Whether leaving out -S says the same: auditctl then takes all calls. */
static bool calls_implied(const struct rule *rule)
{
	return rule->list != AUDIT_FILTER_EXIT ||
	       (rule_has_all_calls(rule) &&
		(rule_find(rule, AUDIT_WATCH) || rule_find(rule, AUDIT_DIR) || rule_find(rule, AUDIT_PERM)));
}

char *rule_print(const struct rule *rule, struct arena *arena)
{
	struct writer writer = { .arena = arena, .size = 256, .text = arena_alloc(arena, 256) };
	const struct rule_field *arch = rule_find(rule, AUDIT_ARCH), *keys = rule_find(rule, AUDIT_FILTERKEY);
	const struct rule_field *end = rule->fields + rule->field_count;

	put(&writer, "%s %s,%s", rule->prepend ? "-A" : "-a", rule->action == AUDIT_NEVER ? "never" : "always",
	    list_name(rule->list));
	if (arch)
		put_field(&writer, arch);
	if (!calls_implied(rule))
		put_calls(&writer, rule, arch ? arch->value : 0);
	for (const struct rule_field *field = rule->fields; field != end; field++)
		if (field != arch && field != keys)
			put_field(&writer, field);
	if (keys && keys->text)
		put_keys(&writer, keys->text);
	return writer.text;
}
