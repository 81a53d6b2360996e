// SPDX-License-Identifier: BSD-2-Clause
/*
 * auditctl reads a line's words with getopt_long(), which lets options stand together (-ix), take their value with or
 * without a space, and be abbreviated (--reset). So it is getopt_long() here too. Each option is looked at in turn, and
 * the first wrong one ends the line.
 */
#include "line.h"
#include "field.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { OPTION_LOGINUID = 1, OPTION_BACKLOG_WAIT, OPTION_RESET_LOST, OPTION_RESET_WAIT, OPTION_SIGNAL };

static const struct option long_options[] = {
	{ "loginuid-immutable", no_argument, NULL, OPTION_LOGINUID },
	{ "backlog_wait_time", required_argument, NULL, OPTION_BACKLOG_WAIT },
	{ "reset-lost", no_argument, NULL, OPTION_RESET_LOST },
	{ "reset_backlog_wait_time_actual", no_argument, NULL, OPTION_RESET_WAIT },
	{ "signal", required_argument, NULL, OPTION_SIGNAL },
	{ 0 },
};

static const char short_options[] = "hicslDvtC:e:f:r:b:a:A:d:S:F:m:R:w:W:k:p:q:";

/* The line being read. */
struct reader {
	struct arena *arena;
	struct line *line;
	struct field_context context;
	struct rule rule;
	struct rule_field fields[AUDIT_MAX_FIELDS];
	int add, del; /* lists; -1: not given */
	bool prepend, exclude;
	int action; /* -1: not given */
	unsigned int setups;
	char key[AUDIT_MAX_KEY_LEN + 1];
	int argc;
	char **argv;
	bool ended; /* an option that lets no other follow */
	bool deprecated;
	bool sends; /* something for the kernel's rule lists */
	bool quiet; /* no reply is waited for */
};

/* Each of these returns NULL, or what is wrong. */
typedef const char *(*option_fn)(struct reader *reader, char *value);

static const char *say_number(struct reader *reader, const char *what, const char *value)
{
	return field_say(reader->arena, "%s wants a number, not %s", what, value);
}

static const char *read_flag(struct reader *reader, const char *value, const char *what, int *out)
{
	if (strlen(value) != 1 || *value < '0' || *value > '2')
		return field_say(reader->arena, "%s must be 0, 1 or 2, not %s", what, value);
	*out = *value - '0';
	reader->line->effects.config = true;
	return NULL;
}

static const char *read_amount(struct reader *reader, const char *value, const char *what, long *out)
{
	if (!isdigit((unsigned char)*value))
		return say_number(reader, what, value);
	errno = 0;
	*out = (long)(uint32_t)strtoul(value, NULL, 0);
	reader->line->effects.config = true;
	return errno ? say_number(reader, what, value) : NULL;
}

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

enum { ACTION_NONE = -1, ACTION_POSSIBLE = -2 };

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
			return field_say(reader->arena, "%s is no list and no action", value);
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
			return field_say(reader->arena, "%s is no action", comma);
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

static const char *option_append(struct reader *reader, char *value)
{
	if (strstr(value, "task") && reader->context.calls_given)
		return "the task list takes no system calls";
	return option_list(reader, value, &reader->add);
}

static const char *option_prepend(struct reader *reader, char *value)
{
	const char *wrong = option_append(reader, value);

	if (!wrong)
		reader->prepend = true;
	return wrong;
}

static const char *option_delete(struct reader *reader, char *value)
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
		return field_say(reader->arena, "%s is no system call of %s", name, audit_machine_to_name(machine));
	rule_add_call(&reader->rule, (unsigned int)nr);
	return NULL;
}

static const char *option_call(struct reader *reader, char *value)
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

static int list_of(const struct reader *reader)
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

static const char *add_field(struct reader *reader, const char *pair)
{
	const char *wrong;

	if (fields_full(reader))
		return "there are too many fields";
	reader->context.list = list_of(reader);
	wrong = field_parse(pair, &reader->context, &reader->fields[reader->rule.field_count]);
	if (!wrong)
		reader->rule.field_count++;
	return wrong;
}

static const char *option_field(struct reader *reader, char *value)
{
	/* an arch before a lone -t is let through, and does nothing */
	bool trims = optind < reader->argc && strstr(value, "arch=") && strcmp(reader->argv[optind], "-t") == 0;

	if (list_of(reader) < 0 && !trims)
		return "a list (-a, -A or -d) must come before a field";
	return strncmp(value, "key=", 4) == 0 ? add_key(reader, value + 4) : add_field(reader, value);
}

static const char *option_comparison(struct reader *reader, char *value)
{
	const char *wrong;

	if (fields_full(reader))
		return "there are too many fields";
	reader->context.list = list_of(reader);
	wrong = field_parse_comparison(value, &reader->context, &reader->fields[reader->rule.field_count]);
	if (!wrong)
		reader->rule.field_count++;
	return wrong;
}

static const char *option_key(struct reader *reader, char *value)
{
	if ((!reader->context.calls_given && !reader->context.keyable) || list_of(reader) < 0)
		return "a key needs a watch, -S, path, perm or exe before it";
	return add_key(reader, value);
}

static const char *option_perm(struct reader *reader, char *value)
{
	bool done = false;
	uint32_t perm;

	if (list_of(reader) < 0)
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
	folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
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

static const char *option_watch(struct reader *reader, char *value)
{
	if (list_of(reader) >= 0)
		return "-w cannot stand with -a, -A or -d before it, nor with another -w";
	reader->add = AUDIT_FILTER_EXIT;
	reader->action = AUDIT_ALWAYS;
	reader->context.calls_given = true;
	return set_watch(reader, value);
}

static const char *option_unwatch(struct reader *reader, char *value)
{
	reader->del = AUDIT_FILTER_EXIT;
	reader->action = AUDIT_ALWAYS;
	reader->context.calls_given = true;
	return set_watch(reader, value);
}

/* -D takes a -k only as the two words after it, and the line may hold nothing else. */
static const char *option_delete_all(struct reader *reader, char *value)
{
	(void)value;
	if (reader->argc == 3 || reader->argc > 4)
		return "-D stands alone, or with one -k";
	if (reader->argc == 4) {
		if (optind != 2 || strcmp(reader->argv[2], "-k"))
			return "-D stands alone, or with one -k";
		reader->line->effects.delete_key = reader->argv[3];
		reader->argc = 2;
	}
	reader->line->effects.delete_all = true;
	reader->line->effects.config = true;
	reader->quiet = true;
	return NULL;
}

/* -l and -s may have -i after them, -l also -k and a key; nothing of it matters to the rules. */
static const char *option_show(struct reader *reader, char *value)
{
	(void)value;
	if (reader->argc == 3 && strcmp(reader->argv[2], "-i") == 0)
		reader->argc = 2;
	else if (reader->argc == 4 && strcmp(reader->argv[2], "-k") == 0 && strcmp(reader->argv[1], "-l") == 0)
		reader->argc = 2;
	else if (reader->argc > 2)
		return "only -i can follow -s, and -i or -k after -l";
	reader->quiet = true;
	return NULL;
}

static const char *option_equivalent(struct reader *reader, char *value)
{
	char *comma = strchr(value, ',');

	if (reader->context.calls_given)
		return "-q cannot stand with -S or a watch";
	if (!comma || !comma[1] || strchr(comma + 1, ','))
		return "-q wants a mount point, a comma and a folder";
	*comma = '\0';
	reader->line->effects.equivalent_mount = value;
	reader->line->effects.equivalent_tree = comma + 1;
	reader->line->effects.config = true;
	reader->ended = true;
	return NULL;
}

static const char *option_message(struct reader *reader, char *value)
{
	if (reader->argc > 3)
		return "-m stands alone";
	for (; *value; value++)
		if ((signed char)*value < 32)
			return "the message has a control character";
	reader->ended = true;
	return NULL;
}

static const char *option_signal(struct reader *reader, char *value)
{
	static const char *const names[] = { "TERM", "HUP", "USR1", "USR2", "CONT" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcasecmp(value, names[i]) == 0) {
			reader->quiet = true;
			return NULL;
		}
	}
	return field_say(reader->arena, "%s is no signal that auditctl can send", value);
}

static const char *invalid(struct reader *reader, const char *word)
{
	return field_say(reader->arena, "%s is no option, or wants a value", word ? word : "this");
}

static const char *apply(struct reader *reader, int option, char *value)
{
	struct line_effects *effects = &reader->line->effects;
	long unused;

	switch (option) {
	case 'i':
	case 'c':
		effects->ignore_errors = true;
		reader->quiet = true;
		return NULL;
	case 'v':
		reader->quiet = true;
		return NULL;
	case 't':
	case OPTION_LOGINUID:
	case OPTION_RESET_LOST:
	case OPTION_RESET_WAIT:
		effects->config = true;
		reader->ended = true;
		return NULL;
	case 'l':
	case 's':
		return option_show(reader, value);
	case 'D':
		return option_delete_all(reader, value);
	case 'e':
		return read_flag(reader, value, "-e", &effects->enabled);
	case 'f':
		return read_flag(reader, value, "-f", &effects->failure);
	case 'r':
		return read_amount(reader, value, "-r", &effects->rate);
	case 'b':
		return read_amount(reader, value, "-b", &effects->backlog);
	case OPTION_BACKLOG_WAIT:
		return read_amount(reader, value, "--backlog_wait_time", &unused);
	case 'a':
		return option_append(reader, value);
	case 'A':
		return option_prepend(reader, value);
	case 'd':
		return option_delete(reader, value);
	case 'S':
		return option_call(reader, value);
	case 'F':
		return option_field(reader, value);
	case 'C':
		return option_comparison(reader, value);
	case 'w':
		return option_watch(reader, value);
	case 'W':
		return option_unwatch(reader, value);
	case 'k':
		return option_key(reader, value);
	case 'p':
		return option_perm(reader, value);
	case 'q':
		return option_equivalent(reader, value);
	case 'm':
		return option_message(reader, value);
	case OPTION_SIGNAL:
		return option_signal(reader, value);
	case 'R':
		return "-R cannot stand in a rules file";
	case 'h':
		return "-h is an error in a rules file";
	default:
		return invalid(reader, optind >= 2 ? reader->argv[optind - 1] : NULL);
	}
}

/* Where in the line the option is that was looked at last: getopt_long() moves words about, so by address. */
static unsigned int column_of(const struct words *words, const char *at)
{
	for (size_t i = 0; at && i < words->count; i++) {
		const char *text = words->words[i].text;

		if (at >= text && at <= text + strlen(text))
			return words->words[i].column + (unsigned int)(at - text);
	}
	return words->words[0].column;
}

static void fail(struct reader *reader, unsigned int column, const char *what)
{
	if (!reader->line->error.column)
		reader->line->error = (struct line_error) { column, what };
}

/* Reads option after option until one is wrong or lets no other follow. */
static void read_options(struct reader *reader, const struct words *words)
{
	int option = 0;

	optind = 0; /* glibc: start anew */
	opterr = 0;
	while (!reader->line->error.column && !reader->quiet &&
	       (option = getopt_long(reader->argc, reader->argv, short_options, long_options, NULL)) != -1) {
		const char *value = optarg;
		const char *word = optind >= 2 ? reader->argv[optind - 1] : NULL;
		const char *wrong = apply(reader, option, optarg);

		if (wrong)
			fail(reader, column_of(words, value ? value : word), wrong);
		if (reader->ended || reader->deprecated)
			return;
	}
	if (optind == 1)
		fail(reader, words->words[0].column,
		     field_say(reader->arena, "%s is no option (only spaces part words, and the line must end with LF)",
			       words->words[0].text));
	else if (optind < reader->argc)
		fail(reader, column_of(words, reader->argv[optind]),
		     field_say(reader->arena, "%s stands without an option", reader->argv[optind]));
}

/* The key goes to the end of the fields, wherever it stood. */
static void finish_key(struct reader *reader)
{
	const char *pair, *wrong;

	if (!*reader->key)
		return;
	pair = field_say(reader->arena, "key=%s", reader->key);
	wrong = add_field(reader, pair);
	if (wrong)
		fail(reader, 1, wrong);
}

/* What of the line goes to the kernel's lists. */
static int finish_rule(struct reader *reader)
{
	struct rule *rule = &reader->rule;

	if (!reader->sends) {
		if (!reader->line->error.column && reader->context.calls_given)
			fail(reader, 1, "system calls are given, but no list (-a, -A or -d)");
		return 0;
	}
	rule->list = (uint32_t)list_of(reader);
	rule->prepend = reader->prepend && reader->add >= 0;
	rule->action = (uint32_t)reader->action;
	if (rule->list != AUDIT_FILTER_TASK && !reader->context.calls_given)
		memset(rule->mask, 0xff, sizeof(rule->mask));
	rule->fields = arena_alloc(reader->arena, (rule->field_count + 1) * sizeof(*rule->fields));
	if (!rule->fields)
		return -ENOMEM;
	memcpy(rule->fields, reader->fields, rule->field_count * sizeof(*rule->fields));
	reader->line->rule = *rule;
	reader->line->verb = reader->add >= 0 ? LINE_ADD : LINE_DELETE;
	return 0;
}

int line_understand(const char *text, size_t size, struct arena *arena, struct line *line)
{
	struct reader reader = {
		.arena = arena, .line = line, .add = -1, .del = -1, .action = ACTION_NONE, .context.arena = arena
	};
	struct words words;
	int err = words_split(text, size, arena, &words);

	if (err)
		return err;
	*line = (struct line) { .effects = { .enabled = -1, .failure = -1, .rate = -1, .backlog = -1 } };
	if (words.count == 0)
		return 0;
	reader.argv = arena_alloc(arena, (words.count + 2) * sizeof(*reader.argv));
	if (!reader.argv)
		return -ENOMEM;
	reader.argv[0] = (char *)"auditctl";
	for (size_t i = 0; i < words.count; i++)
		reader.argv[i + 1] = words.words[i].text;
	reader.argc = (int)words.count + 1;
	read_options(&reader, &words);
	if (reader.ended || reader.deprecated)
		return 0;
	finish_key(&reader);
	return reader.quiet ? 0 : finish_rule(&reader);
}
