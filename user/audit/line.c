// SPDX-License-Identifier: BSD-2-Clause
/*
 * auditctl reads a line's words with getopt_long(), which lets options stand together (-ix), take their value with or
 * without a space, and be abbreviated (--reset). So it is getopt_long() here too. Each option is looked at in turn, and
 * the first wrong one ends the line.
 */
#include "line.h"
#include "line_rule.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

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

/* -D takes a -k only as the two words after it, and the line may hold nothing else. */
static const char *option_delete_all(struct reader *reader)
{
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
static const char *option_show(struct reader *reader)
{
	bool interprets = reader->argc == 3 && strcmp(reader->argv[2], "-i") == 0;
	bool has_key = reader->argc == 4 && strcmp(reader->argv[2], "-k") == 0 && strcmp(reader->argv[1], "-l") == 0;

	if (reader->argc > 2 && !interprets && !has_key)
		return "only -i can follow -s, and -i or -k after -l";
	reader->argc = 2;
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
	return field_say(reader->arena, "%s is not a signal that auditctl can send", value);
}

static const char *invalid(struct reader *reader, const char *word)
{
	return field_say(reader->arena, "%s is not an option, or wants a value", word ? word : "this");
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
		return option_show(reader);
	case 'D':
		return option_delete_all(reader);
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
static void walk_options(struct reader *reader, const struct words *words)
{
	int option = 0;

	optind = 0; /* glibc: start anew */
	while (!reader->line->error.column && !reader->quiet &&
	       (option = getopt_long(reader->argc, reader->argv, short_options, long_options, NULL)) != -1) {
		char nothing[] = "";
		const char *word = optind >= 2 ? reader->argv[optind - 1] : NULL;
		const char *at = optarg ? optarg : word;
		const char *wrong = apply(reader, option, optarg ? optarg : nothing);

		if (wrong)
			fail(reader, column_of(words, at), wrong);
		if (reader->ended || reader->deprecated)
			return;
	}
	if (optind == 1)
		fail(reader, words->words[0].column,
		     field_say(reader->arena,
			       "%s is not an option (only spaces part words, and the line must end with LF)",
			       words->words[0].text));
	else if (optind < reader->argc)
		fail(reader, column_of(words, reader->argv[optind]),
		     field_say(reader->arena, "%s stands without an option", reader->argv[optind]));
}

/* getopt_long() says nothing of a rule, but goes on saying what is wrong with our own options. */
static void read_options(struct reader *reader, const struct words *words)
{
	int errors = opterr;

	opterr = 0;
	walk_options(reader, words);
	opterr = errors;
}

/* The key goes to the end of the fields, wherever it stood. */
static void finish_key(struct reader *reader)
{
	const char *pair, *wrong;

	if (!*reader->key)
		return;
	pair = field_say(reader->arena, "key=%s", reader->key);
	wrong = reader_add_field(reader, pair);
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
	rule->list = (uint32_t)reader_list(reader);
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
