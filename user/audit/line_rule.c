// SPDX-License-Identifier: BSD-2-Clause
#include "line_rule.h"
#include "comparison.h"
#include "root.h"

#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int list_number(const char *word)
{
	if (strcmp(word, "exit") == 0)
		return AUDIT_FILTER_EXIT;
	if (strcmp(word, "task") == 0)
		return AUDIT_FILTER_TASK;
	if (strcmp(word, "user") == 0)
		return AUDIT_FILTER_USER;
	if (strcmp(word, "exclude") == 0)
		return AUDIT_FILTER_EXCLUDE;
	if (strcmp(word, "filesystem") == 0)
		return AUDIT_FILTER_FS;
	return -1;
}

static int action_number(const char *word)
{
	if (strcmp(word, "always") == 0)
		return AUDIT_ALWAYS;
	if (strcmp(word, "never") == 0)
		return AUDIT_NEVER;
	return strcmp(word, "possible") == 0 ? ACTION_POSSIBLE : ACTION_NONE;
}

/* "list,action" or "action,list". *list may be set already, by -w. */
static const char *read_list(struct reader *reader, char *value, int *list)
{
	char *comma = strchr(value, ',');
	int action, found;

	if (++reader->setups != 1)
		return "only one -a, -A or -d can stand in a rule";
	if (!comma || strchr(comma + 1, ','))
		return field_say(reader->arena, "%s should be a list, a comma and an action", value);
	*comma = '\0';
	action = action_number(value);
	if (action == ACTION_NONE) {
		found = list_number(value);
		if (found < 0)
			return field_say(reader->arena, "%s is neither a list nor an action", value);
		*list = found;
	} else if (action != ACTION_POSSIBLE) {
		reader->action = action;
	}
	*comma++ = ',';
	if (*list < 0) {
		*list = list_number(comma);
	} else {
		action = action_number(comma);
		if (action == ACTION_POSSIBLE) {
			reader->deprecated = true;
			return NULL;
		}
		if (action == ACTION_NONE)
			return field_say(reader->arena, "%s is not an action", comma);
		reader->action = action;
	}
	if (*list < 0 || reader->action < 0)
		return field_say(reader->arena,
				 "%s should be a list (exit, task, user, exclude, filesystem) and an "
				 "action (always, never)",
				 value);
	return NULL;
}

static const char *option_list(struct reader *reader, char *value, int *list)
{
	const char *wrong = read_list(reader, value, list);

	if (wrong || reader->deprecated)
		return wrong;
	if (*list == AUDIT_FILTER_EXCLUDE)
		reader->exclude = true;
	reader->sends = true;
	return NULL;
}

const char *option_append(struct reader *reader, char *value)
{
	if (strstr(value, "task") && reader->context.calls_given)
		return "the task list takes no system calls";
	return option_list(reader, value, &reader->add);
}

const char *option_prepend(struct reader *reader, char *value)
{
	const char *wrong = option_append(reader, value);

	if (!wrong)
		reader->prepend = true;
	return wrong;
}

const char *option_delete(struct reader *reader, char *value)
{
	return option_list(reader, value, &reader->del);
}

static uint32_t machine_elf(void)
{
	int machine = audit_detect_machine();

	return machine < 0 ? 0 : audit_machine_to_elf(machine);
}

static const char *add_call(struct reader *reader, const char *name)
{
	int machine = audit_elf_to_machine(reader->context.elf);
	int nr;

	if (strcmp(name, "all") == 0) {
		memset(reader->rule.mask, 0xff, sizeof(reader->rule.mask));
		return NULL;
	}
	if (machine < 0)
		return "this machine's architecture is not known to libaudit";
	nr = audit_name_to_syscall(name, machine);
	if (nr < 0 && isdigit((unsigned char)*name))
		nr = (int)strtol(name, NULL, 0);
	if (nr < 0 || nr >= AUDIT_BITMASK_SIZE * 32)
		return field_say(reader->arena, "%s is not a system call of %s", name, audit_machine_to_name(machine));
	rule_add_call(&reader->rule, (unsigned int)nr);
	return NULL;
}

const char *option_call(struct reader *reader, char *value)
{
	static const struct {
		int list;
		const char *wrong;
	} refused[] = {
		{ AUDIT_FILTER_TASK, "the task list takes no system calls" },
		{ AUDIT_FILTER_USER, "the user list takes no system calls" },
		{ AUDIT_FILTER_FS, "the filesystem list takes no system calls" },
	};
	const char *wrong = NULL;
	char *rest, *name;

	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (reader->add == refused[i].list || reader->del == refused[i].list)
			return refused[i].wrong;
	if (reader->exclude)
		return "the exclude list takes no system calls";
	if (!reader->context.elf)
		reader->context.elf = machine_elf();
	if (!strchr(value, ','))
		wrong = add_call(reader, value);
	else
		for (name = strtok_r(value, ",", &rest); name && !wrong; name = strtok_r(NULL, ",", &rest))
			wrong = add_call(reader, name);
	if (!wrong) {
		reader->context.calls_given = true;
		reader->rule.named_calls = true;
	}
	return wrong;
}

int reader_list(const struct reader *reader)
{
	return reader->add >= 0 ? reader->add : reader->del;
}

/* The kernel's limit less one, which is auditctl's. */
static bool fields_full(const struct reader *reader)
{
	return reader->rule.field_count >= AUDIT_MAX_FIELDS - 1;
}

static const char *add_key(struct reader *reader, const char *value)
{
	size_t length = strlen(reader->key);

	if (strlen(value) + length + (length > 0) > AUDIT_MAX_KEY_LEN)
		return "the keys are longer than 256 bytes together";
	if (length)
		reader->key[length++] = AUDIT_KEY_SEPARATOR;
	memcpy(reader->key + length, value, strlen(value) + 1);
	return NULL;
}

const char *reader_add_field(struct reader *reader, const char *pair)
{
	const char *wrong;

	if (fields_full(reader))
		return "there are too many fields";
	reader->context.list = reader_list(reader);
	wrong = field_parse(pair, &reader->context, &reader->fields[reader->rule.field_count]);
	if (!wrong)
		reader->rule.field_count++;
	return wrong;
}

const char *option_field(struct reader *reader, char *value)
{
	/* an arch before a lone -t is let through, and does nothing */
	bool trims = optind < reader->argc && strstr(value, "arch=") && strcmp(reader->argv[optind], "-t") == 0;

	if (reader_list(reader) < 0 && !trims)
		return "a list (-a, -A or -d) must come before a field";
	return strncmp(value, "key=", 4) == 0 ? add_key(reader, value + 4) : reader_add_field(reader, value);
}

const char *option_comparison(struct reader *reader, char *value)
{
	const char *wrong;

	if (fields_full(reader))
		return "there are too many fields";
	reader->context.list = reader_list(reader);
	wrong = field_parse_comparison(value, &reader->context, &reader->fields[reader->rule.field_count]);
	if (!wrong)
		reader->rule.field_count++;
	return wrong;
}

const char *option_key(struct reader *reader, char *value)
{
	if ((!reader->context.calls_given && !reader->context.keyable) || reader_list(reader) < 0)
		return "a key needs a watch, -S, path, perm or exe before it";
	return add_key(reader, value);
}

const char *option_perm(struct reader *reader, char *value)
{
	bool done = false;
	uint32_t perm;

	if (reader_list(reader) < 0)
		return "-p needs a watch before it";
	if (!field_parse_perm(value, &perm))
		return field_say(reader->arena, "-p %s: up to four letters of rwxa", value);
	if (reader->rule.field_count == 0)
		return "-p needs a watch or a field before it";
	for (size_t i = 0; i < reader->rule.field_count; i++) {
		if (reader->fields[i].type != AUDIT_PERM)
			continue;
		reader->fields[i].value = perm;
		done = true;
	}
	if (!done && fields_full(reader))
		return "there are too many fields";
	if (!done)
		reader->fields[reader->rule.field_count++] =
		    (struct rule_field) { .type = AUDIT_PERM, .op = AUDIT_EQUAL, .value = perm };
	reader->context.keyable = true;
	reader->sends = true;
	return NULL;
}

static const char *check_path(char *path)
{
	const char *name = strrchr(path, '/');

	if (strlen(path) >= PATH_MAX)
		return "the path is too long";
	if (*path != '/')
		return "the path must start with /";
	if (strlen(name + 1) > NAME_MAX)
		return "the last part of the path is too long";
	return NULL;
}

static const char *set_watch(struct reader *reader, char *path)
{
	size_t length = strlen(path);
	const char *wrong = check_path(path);
	struct stat status;
	bool folder;

	if (wrong)
		return wrong;
	if (length > 2)
		while (length > 1 && path[length - 1] == '/')
			path[--length] = '\0';
	if (reader->rule.field_count)
		return "a watch takes no other fields before it";
	folder = root_stat(path, &status) == 0 && S_ISDIR(status.st_mode);
	memset(reader->rule.mask, 0xff, sizeof(reader->rule.mask));
	reader->rule.field_count = 2;
	reader->fields[0] =
	    (struct rule_field) { .type = folder ? AUDIT_DIR : AUDIT_WATCH, .op = AUDIT_EQUAL, .text = path };
	reader->fields[1] = (struct rule_field) {
		.type = AUDIT_PERM,
		.op = AUDIT_EQUAL,
		.value = AUDIT_PERM_READ | AUDIT_PERM_WRITE | AUDIT_PERM_EXEC | AUDIT_PERM_ATTR,
	};
	reader->context.keyable = true;
	reader->sends = true;
	return NULL;
}

const char *option_watch(struct reader *reader, char *value)
{
	if (reader_list(reader) >= 0)
		return "-w cannot stand with -a, -A or -d before it, nor with another -w";
	reader->add = AUDIT_FILTER_EXIT;
	reader->action = AUDIT_ALWAYS;
	reader->context.calls_given = true;
	return set_watch(reader, value);
}

const char *option_unwatch(struct reader *reader, char *value)
{
	reader->del = AUDIT_FILTER_EXIT;
	reader->action = AUDIT_ALWAYS;
	reader->context.calls_given = true;
	return set_watch(reader, value);
}
