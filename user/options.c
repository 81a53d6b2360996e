// SPDX-License-Identifier: BSD-2-Clause
#include "options.h"
#include "audit/profiles.h"
#include "build.h"
#include "cleanup.h"
#include "help.h"
#include "log.h"
#include "output/limits.h"
#include "options_file.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is wrong with a word is what the table says of its option. */
static const char as_said[] = "";

/* Takes the word of an option into its member. Returns NULL, as_said, or a sentence that says what is wrong. */
typedef const char *(*take_fn)(const char *word, void *member);

/* A whole number, least to most. */
static const char *take_number(const char *word, unsigned int least, unsigned int most, unsigned int *number)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (*word < '0' || *word > '9' || *end || value < least || value > most)
		return as_said;
	*number = (unsigned int)value;
	return NULL;
}

/* A ring is a power of two of whole pages; 64 KiB is one page on every architecture. */
static const char *take_ring_size(const char *word, void *member)
{
	unsigned int kib;
	const char *wrong = take_number(word, 64, 1048576, &kib);

	if (wrong || (kib & (kib - 1)))
		return as_said;
	*(unsigned int *)member = kib;
	return NULL;
}

static const char *take_image_limit(const char *word, void *member)
{
	return take_number(word, 1, 64, member);
}

static const char *take_line_max(const char *word, void *member)
{
	return take_number(word, LINE_LEAST, LINE_MOST, member);
}

static const char *take_capture_max(const char *word, void *member)
{
	return take_number(word, 1, 1048576, member);
}

static const char *take_seconds(const char *word, void *member)
{
	return take_number(word, 0, 86400, member);
}

static const char *take_pid(const char *word, void *member)
{
	return take_number(word, 1, INT_MAX, member);
}

static const char *take_path(const char *word, void *member)
{
	*(const char **)member = word;
	return NULL;
}

static const char *take_folder(const char *word, void *member)
{
	return *word ? take_path(word, member) : as_said;
}

static const char *set_true(const char *word, void *member)
{
	(void)word;
	*(bool *)member = true;
	return NULL;
}

static const char *set_snapshot_always(const char *word, void *member)
{
	(void)word;
	*(enum snapshot *)member = SNAPSHOT_ALWAYS;
	return NULL;
}

static const char *set_snapshot_never(const char *word, void *member)
{
	(void)word;
	*(enum snapshot *)member = SNAPSHOT_NEVER;
	return NULL;
}

static const char *set_zero(const char *word, void *member)
{
	(void)word;
	*(unsigned int *)member = 0;
	return NULL;
}

/* The last of --format and --journal counts, so that a service's options can say otherwise than its unit. */
static const char *take_format(const char *word, void *member)
{
	enum output *output = member;
	enum output wanted = strcmp(word, "json") == 0	 ? OUTPUT_JSON
			     : strcmp(word, "text") == 0 ? OUTPUT_TEXT
							 : OUTPUT_DEFAULT;

	if (wanted == OUTPUT_DEFAULT)
		return as_said;
	*output = wanted;
	return NULL;
}

static const char *take_journal(const char *word, void *member)
{
	(void)word;
	*(enum output *)member = OUTPUT_JOURNAL;
	return NULL;
}

static const char *take_colour(const char *word, void *member)
{
	enum colour *colour = member;

	if (strcmp(word, "auto") == 0)
		*colour = COLOUR_AUTO;
	else if (strcmp(word, "always") == 0)
		*colour = COLOUR_ALWAYS;
	else if (strcmp(word, "never") == 0)
		*colour = COLOUR_NEVER;
	else
		return as_said;
	return NULL;
}

static const char *add_rules(const char *word, void *member)
{
	struct paths *rules = member;
	const char **more = realloc(rules->paths, (rules->count + 1) * sizeof(*more));

	if (!more)
		return "there is not enough memory to read the options";
	rules->paths = more;
	more[rules->count++] = word;
	return NULL;
}

/* --print-rules checks, too. */
static const char *take_print_rules(const char *word, void *member)
{
	struct options *options = member;

	(void)word;
	options->check_audit = options->print_rules = true;
	return NULL;
}

static const char *show_help(const char *word, void *member);
static const char *show_version(const char *word, void *member);

#define MEMBER(name) offsetof(struct options, name)
#define SIZE_IN_KIB "cannot be used: give a power of two from 64 to 1048576, in KiB"

static const struct known_option {
	const char *name;
	int has_word;
	char letter; /* 0: it has none */
	bool alone;  /* instead of watching: so it has no place in the options of a service */
	take_fn take;
	size_t member;
	const char *wrong; /* of a word: follows it */
} known_options[] = {
	{ "format", required_argument, 0, false, take_format, MEMBER(output), "is not known: use text or json" },
	{ "color", required_argument, 0, false, take_colour, MEMBER(colour),
	  "is not known: use auto, always or never" },
	{ "journal", no_argument, 0, false, take_journal, MEMBER(output), NULL },
	{ "line-max", required_argument, 0, false, take_line_max, MEMBER(line_max),
	  "cannot be used: give 2048 to 65536, in bytes" },
	{ "snapshot", no_argument, 0, false, set_snapshot_always, MEMBER(snapshot), NULL },
	{ "no-snapshot", no_argument, 0, false, set_snapshot_never, MEMBER(snapshot), NULL },
	{ "all-tools", no_argument, 0, false, set_true, MEMBER(all_tools), NULL },
	{ "btf", required_argument, 0, false, take_path, MEMBER(btf_path), NULL },
	{ "ring-size", required_argument, 0, false, take_ring_size, MEMBER(ring_kib), SIZE_IN_KIB },
	{ "image-limit", required_argument, 0, false, take_image_limit, MEMBER(image_limit_mib),
	  "cannot be used: give 1 to 64, in MiB" },
	{ "image-ring", required_argument, 0, false, take_ring_size, MEMBER(image_ring_kib), SIZE_IN_KIB },
	{ "no-hash", no_argument, 0, false, set_zero, MEMBER(image_limit_mib), NULL },
	{ "capture", required_argument, 0, false, take_folder, MEMBER(capture),
	  "needs a folder, for example /var/lib/kmodwatch/images" },
	{ "capture-max", required_argument, 0, false, take_capture_max, MEMBER(capture_max_mib),
	  "cannot be used: give 1 to 1048576, in MiB" },
	{ "pin", required_argument, 0, false, take_path, MEMBER(pin), NULL },
	{ "unpin", no_argument, 0, true, set_true, MEMBER(unpin), NULL },
	{ "self-test", required_argument, 0, false, take_seconds, MEMBER(self_test),
	  "cannot be used: give 0 to 86400, in seconds" },
	{ "state", required_argument, 0, false, take_folder, MEMBER(state),
	  "needs a folder, for example /var/lib/kmodwatch" },
	{ "check-options", no_argument, 0, true, set_true, MEMBER(check_options), NULL },
	{ "diagnose", no_argument, 0, true, set_true, MEMBER(diagnose), NULL },
	{ "running", required_argument, 0, true, take_pid, MEMBER(running), "is not the number of a process" },
	{ "check-audit", no_argument, 0, true, set_true, MEMBER(check_audit), NULL },
	{ "profile", required_argument, 0, false, take_path, MEMBER(profile), NULL },
	{ "rules", required_argument, 0, true, add_rules, MEMBER(rules), NULL },
	{ "root", required_argument, 0, true, take_folder, MEMBER(root), "needs a folder, for example /mnt" },
	{ "print-rules", no_argument, 0, true, take_print_rules, 0, NULL },
	{ "print-profile", required_argument, 0, true, take_path, MEMBER(print_profile), NULL },
	{ "verbose", no_argument, 'v', false, set_true, MEMBER(verbose), NULL },
	{ "help", no_argument, 'h', true, show_help, 0, NULL },
	{ "version", no_argument, 'V', true, show_version, 0, NULL },
};

enum { KNOWN_OPTIONS = COUNT(known_options), LONG_OPTION = 256 };

/* For getopt_long(), whose answer is a letter, or LONG_OPTION and the place in the table. */
static void list_options(struct option list[static KNOWN_OPTIONS + 1])
{
	for (int i = 0; i < KNOWN_OPTIONS; i++)
		list[i] = (struct option) { known_options[i].name, known_options[i].has_word, NULL,
					    known_options[i].letter ? known_options[i].letter : LONG_OPTION + i };
	list[KNOWN_OPTIONS] = (struct option) { 0 };
}

/* NULL: there is none of that letter or number. */
static const struct known_option *option_of(int answer)
{
	for (int i = 0; i < KNOWN_OPTIONS; i++)
		if (answer == LONG_OPTION + i || (known_options[i].letter && answer == known_options[i].letter))
			return &known_options[i];
	return NULL;
}

/* Ends the reading: what was asked for has been shown, or could not be. */
static const char shown[] = "shown", not_shown[] = "not shown";

static const char *show(const char *text)
{
	if (fputs(text, stdout) == EOF) { /* it is longer than the buffer */
		log_line("the result could not be written to stdout: %s", strerror(errno));
		return not_shown;
	}
	return log_flushed(stdout) ? not_shown : shown;
}

static const char *show_help(const char *word, void *member)
{
	(void)word, (void)member;
	return show(help_text);
}

static const char *show_version(const char *word, void *member)
{
	char version[160];

	(void)word, (void)member;
	snprintf(version, sizeof(version), "kmodwatch " KMODWATCH_VERSION "%s\n", build_lacks);
	return show(version);
}

static void explain(const struct known_option *option, const char *word, const char *wrong)
{
	if (wrong != as_said)
		log_line("%s", wrong);
	else if (!*word)
		log_line("--%s %s", option->name, option->wrong);
	else
		log_line("--%s %s %s", option->name, word, option->wrong);
}

/*
 * What getopt_long() did not take. Its own words would go to stderr as they are, without what log_line() does for a
 * terminal and without being whole where the monitor must not wait.
 */
static void explain_unknown(int answer, const char *word)
{
	const struct known_option *option = option_of(optopt);

	if (answer == ':' && option)
		log_line("--%s needs a value: see kmodwatch --help", option->name);
	else if (option)
		log_line("--%s takes no value: see kmodwatch --help", option->name);
	else if (optopt)
		log_line("-%c is not an option: see kmodwatch --help", optopt);
	else
		log_line("%s is not an option, or could be several: see kmodwatch --help", word);
}

/* What does not go together; NULL when all does. */
static const char *conflict(const struct options *options)
{
	if (!options->check_audit && options->rules.count)
		return "--rules needs --check-audit or --print-rules: while watching, kmodwatch checks this machine's rules";
	if (!options->check_audit && options->root)
		return "--root needs --check-audit or --print-rules: while watching, kmodwatch checks this machine's rules";
	if (options->running && !options->check_options)
		return "--running needs --check-options";
	if (options->output == OUTPUT_JOURNAL && options->check_audit)
		return "--journal sends events as fields, so it cannot be combined with --check-audit";
	if (options->output == OUTPUT_JOURNAL && build_no_journal)
		return build_no_journal;
	if (options->capture && !options->image_limit_mib)
		return "--capture needs the bytes of modules, so it cannot be combined with --no-hash";
	if (options->diagnose && options->output != OUTPUT_DEFAULT)
		return "--diagnose prints text for people, so it cannot be combined with --format or --journal";
	if (options->print_rules && options->output != OUTPUT_DEFAULT)
		return "--print-rules prints rules, so it cannot be combined with --format or --journal";
	return NULL;
}

static bool end_with(int *exit_code, int code)
{
	*exit_code = code;
	return false;
}

/* Whether the word is on the command line itself, not in a file that --options names. */
static bool is_given(char *const *given, int count, const char *word)
{
	for (int i = 0; i < count; i++)
		if (given[i] == word)
			return true;
	return false;
}

/*
 * Takes what getopt_long() answered. given: on the command line itself; right: nothing was wrong up to now. Returns
 * NULL, shown, not_shown, or what is wrong, which has been explained.
 */
static const char *take(int answer, const char *last, bool given, bool right, struct options *options)
{
	const struct known_option *option = option_of(answer);
	const char *word = optarg ? optarg : "", *wrong;

	if (!option) {
		explain_unknown(answer, last);
		return as_said;
	}
	if (option->alone && !given) {
		log_line("--%s does not watch, so it cannot be in a file that --options names", option->name);
		return as_said;
	}
	if (!right && (option->take == show_help || option->take == show_version))
		return NULL;
	wrong = option->take(word, (char *)options + option->member);
	if (wrong && wrong != shown && wrong != not_shown)
		explain(option, word, wrong);
	return wrong;
}

bool options_read(int argc, char **argv, struct options *options, int *exit_code)
{
	struct options read = { .snapshot = SNAPSHOT_ONCE,
				.self_test = 30,
				.image_limit_mib = 64,
				.capture_max_mib = 1024,
				.profile = PROFILE_DEFAULT };
	struct option list[KNOWN_OPTIONS + 1];
	bool right = true;
	char **words;
	int count;

	if (options_expand(argc, argv, &count, &words))
		return end_with(exit_code, EXIT_NO_START);
	list_options(list);
	optind = 0; /* the command line may be read again */
	for (;;) {
		const char *first = words[optind ? optind : 1], *wrong;
		int answer = getopt_long(count, words, ":vhV", list, NULL);

		if (answer == -1)
			break;
		wrong = take(answer, words[optind - 1], is_given(argv, argc, first), right, &read);
		if (wrong == shown || wrong == not_shown)
			return end_with(exit_code, wrong == shown ? EXIT_ENDED : EXIT_NO_START);
		right &= !wrong;
	}
	if (optind < count) {
		log_line("`%s` is not an option, and kmodwatch takes no other arguments: see --help", words[optind]);
		right = false;
	}
	if (right && conflict(&read)) {
		log_line("%s", conflict(&read));
		right = false;
	}
	if (!right)
		return end_with(exit_code, EXIT_NO_START);
	if (!read.line_max) /* a result of --check-audit goes through no log daemon, and each verdict counts */
		read.line_max = read.check_audit ? LINE_MOST : LINE_MAX_BYTES;
	*options = read;
	return true;
}
