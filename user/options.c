// SPDX-License-Identifier: BSD-2-Clause
#include "options.h"
#include "audit/profiles.h"
#include "log.h"
#include "options_file.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: kmodwatch [OPTION]...\n"
    "Shows every load and unload of a kernel module as it happens: as lines of text on a terminal, and as one\n"
    "JSON object per line elsewhere. Events go to stdout, messages to stderr.\n"
    "\n"
    "      --format FORMAT  text (the default on a terminal): lines for people to read, and a table for\n"
    "                       --check-audit; json (the default elsewhere): one JSON object per line\n"
    "      --color WHEN     colours in text: auto (the default: on a terminal, unless NO_COLOR is set),\n"
    "                       always or never\n"
    "      --journal        send events to the journal, with journal fields, instead of stdout:\n"
    "                       journalctl KMODWATCH_EVENT=module_load\n"
    "      --no-snapshot    do not list the modules that are already loaded\n"
    "      --btf FILE       take the kernel's type information from FILE, not from /sys/kernel/btf/vmlinux\n"
    "      --ring-size KIB  the size of the ring in which events wait for the reader: a power of two from 64\n"
    "                       to 1048576 (default 16384); what does not fit is counted as events_lost\n"
    "      --image-limit MIB  hash modules up to this size (at most 64, which is the default)\n"
    "      --image-ring KIB  the size of the ring for the bytes of modules, like --ring-size (default 8192)\n"
    "      --no-hash        do not read the bytes of modules, so events have no sha256\n"
    "      --capture DIR    keep each distinct module in DIR as SHA256.ko, readable by root only\n"
    "      --capture-max MIB  how much space they may take (default 1024); the oldest are removed first\n"
    "      --pin DIR        leave probes and rings in DIR, on a bpffs, when kmodwatch ends: they go on recording,\n"
    "                       and the next start continues where this one stopped\n"
    "      --self-test SECONDS  how often to test the probes (default 30; 0: only at the start)\n"
    "      --state DIR      keep the list of loaded modules in DIR; the next start reports what changed while\n"
    "                       kmodwatch was not running (module_missed)\n"
    "      --options FILE   take more options from the line KMODWATCH_OPTIONS=\"...\" in FILE; SIGHUP reads it again\n"
    "      --profile NAME   what auditd's rules should record: your own rules file, or a built-in profile:\n"
    "                       " PROFILE_NAMES_AND_DEFAULT "\n"
    "  -v, --verbose        say on stderr what kmodwatch does, and why probes are missing; in text, list\n"
    "                       the modules that are already loaded\n"
    "  -h, --help           show this and exit\n"
    "  -V, --version        show the version and exit\n"
    "\n"
    "Instead of watching:\n"
    "      --check-audit    check whether auditd's rules, on disk and in the kernel, record what the\n"
    "                       profile requires, and exit\n"
    "      --rules PATH     check this file (as auditctl -R reads it) or folder (as augenrules joins it)\n"
    "                       instead of the rules of this machine; may be given more than once\n"
    "      --print-rules    check, and print only the rules that would close the gaps\n"
    "      --print-profile NAME  print a built-in profile\n"
    "      --unpin          remove what --pin left in its DIR or in /sys/fs/bpf/kmodwatch, and exit\n"
    "\n"
    "kmodwatch runs until SIGINT or SIGTERM. With --pin, SIGHUP makes it read its options and profile again.\n"
    "It needs root, or CAP_BPF and CAP_PERFMON. What --options, --profile, --state, --capture and --pin name must\n"
    "be root's or yours, must not be writable by anybody else, and must not be a symbolic link.\n"
    "Exit status: 0 ended by a signal; 1 stopped by an error while running (stdout was closed, ...);\n"
    "2 could not start (usage, privilege, no probe could be attached, another kmodwatch holds the pins).\n"
    "With --check-audit: 0 everything required is recorded; 1 something is not; 2 the check could not\n"
    "decide (usage, privilege, unreadable files, an unknown verdict).\n"
    "See kmodwatch(8), kmodwatch-events(5) and kmodwatch-audit(7).\n";

enum {
	OPTION_FORMAT = 256,
	OPTION_COLOR,
	OPTION_NO_SNAPSHOT,
	OPTION_BTF,
	OPTION_RING_SIZE,
	OPTION_IMAGE_LIMIT,
	OPTION_IMAGE_RING,
	OPTION_NO_HASH,
	OPTION_CAPTURE,
	OPTION_CAPTURE_MAX,
	OPTION_PIN,
	OPTION_UNPIN,
	OPTION_SELF_TEST,
	OPTION_STATE,
	OPTION_JOURNAL,
	OPTION_CHECK_AUDIT,
	OPTION_PROFILE,
	OPTION_RULES,
	OPTION_PRINT_RULES,
	OPTION_PRINT_PROFILE
};

static const struct option long_options[] = {
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "color", required_argument, NULL, OPTION_COLOR },
	{ "no-snapshot", no_argument, NULL, OPTION_NO_SNAPSHOT },
	{ "btf", required_argument, NULL, OPTION_BTF },
	{ "ring-size", required_argument, NULL, OPTION_RING_SIZE },
	{ "image-limit", required_argument, NULL, OPTION_IMAGE_LIMIT },
	{ "image-ring", required_argument, NULL, OPTION_IMAGE_RING },
	{ "no-hash", no_argument, NULL, OPTION_NO_HASH },
	{ "capture", required_argument, NULL, OPTION_CAPTURE },
	{ "capture-max", required_argument, NULL, OPTION_CAPTURE_MAX },
	{ "pin", required_argument, NULL, OPTION_PIN },
	{ "unpin", no_argument, NULL, OPTION_UNPIN },
	{ "self-test", required_argument, NULL, OPTION_SELF_TEST },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "journal", no_argument, NULL, OPTION_JOURNAL },
	{ "check-audit", no_argument, NULL, OPTION_CHECK_AUDIT },
	{ "profile", required_argument, NULL, OPTION_PROFILE },
	{ "rules", required_argument, NULL, OPTION_RULES },
	{ "print-rules", no_argument, NULL, OPTION_PRINT_RULES },
	{ "print-profile", required_argument, NULL, OPTION_PRINT_PROFILE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static bool usage_error(int *exit_code)
{
	*exit_code = EXIT_NO_START;
	return false;
}

/* A whole number, least to most. */
static bool read_number(const char *word, unsigned int least, unsigned int most, unsigned int *number)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (*word < '0' || *word > '9' || *end || value < least || value > most)
		return false;
	*number = (unsigned int)value;
	return true;
}

/* A ring is a power of two of whole pages; 64 KiB is one page on every architecture. */
static bool read_ring_size(const char *word, unsigned int *kib)
{
	unsigned int value;

	if (!read_number(word, 64, 1048576, &value) || (value & (value - 1)))
		return false;
	*kib = value;
	return true;
}

static bool read_format(const char *word, enum output *output)
{
	if (strcmp(word, "json") == 0)
		*output = OUTPUT_JSON;
	else if (strcmp(word, "text") == 0)
		*output = OUTPUT_TEXT;
	else
		return false;
	return true;
}

static bool read_colour(const char *word, enum colour *colour)
{
	if (strcmp(word, "auto") == 0)
		*colour = COLOUR_AUTO;
	else if (strcmp(word, "always") == 0)
		*colour = COLOUR_ALWAYS;
	else if (strcmp(word, "never") == 0)
		*colour = COLOUR_NEVER;
	else
		return false;
	return true;
}

static bool add_rules(struct options *options, const char *path)
{
	const char **more = realloc(options->rules, (options->rules_count + 1) * sizeof(*more));

	if (!more)
		return false;
	options->rules = more;
	more[options->rules_count++] = path;
	return true;
}

/* What does not go together; NULL when all does. journal: was given; options->output: as --format has it. */
static const char *conflict(const struct options *options, bool journal)
{
	if (!options->check_audit && options->rules_count)
		return "--rules needs --check-audit or --print-rules: while watching, kmodwatch checks this machine's rules";
	if (journal && (options->check_audit || options->output != OUTPUT_DEFAULT))
		return "--journal sends events as fields, so it cannot be combined with --format or --check-audit";
	if (options->capture && !options->image_limit_mib)
		return "--capture needs the bytes of modules, so it cannot be combined with --no-hash";
	if (options->print_rules && options->output != OUTPUT_DEFAULT)
		return "--print-rules prints rules, so it cannot be combined with --format";
	return NULL;
}

bool options_read(int argc, char **argv, struct options *options, int *exit_code)
{
	struct options read = { .snapshot = true,
				.self_test = 30,
				.image_limit_mib = 64,
				.capture_max_mib = 1024,
				.profile = PROFILE_DEFAULT };
	bool journal = false;
	int option;

	if (options_expand(argc, argv, &argc, &argv))
		return usage_error(exit_code);
	optind = 0; /* the command line may be read again */
	while ((option = getopt_long(argc, argv, "vhV", long_options, NULL)) != -1) {
		switch (option) {
		case OPTION_FORMAT:
			if (!read_format(optarg, &read.output)) {
				log_line("--format %s is not known: use text or json", optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_COLOR:
			if (!read_colour(optarg, &read.colour)) {
				log_line("--color %s is not known: use auto, always or never", optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_CHECK_AUDIT:
			read.check_audit = true;
			break;
		case OPTION_PROFILE:
			read.profile = optarg;
			break;
		case OPTION_RULES:
			if (!add_rules(&read, optarg))
				return usage_error(exit_code);
			break;
		case OPTION_PRINT_RULES:
			read.check_audit = read.print_rules = true;
			break;
		case OPTION_PRINT_PROFILE:
			read.print_profile = optarg;
			break;
		case OPTION_NO_SNAPSHOT:
			read.snapshot = false;
			break;
		case OPTION_BTF:
			read.btf_path = optarg;
			break;
		case OPTION_RING_SIZE:
			if (!read_ring_size(optarg, &read.ring_kib)) {
				log_line(
				    "--ring-size %s cannot be used: give a power of two from 64 to 1048576, in KiB",
				    optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_IMAGE_LIMIT:
			if (!read_number(optarg, 1, 64, &read.image_limit_mib)) {
				log_line("--image-limit %s cannot be used: give 1 to 64, in MiB", optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_IMAGE_RING:
			if (!read_ring_size(optarg, &read.image_ring_kib)) {
				log_line(
				    "--image-ring %s cannot be used: give a power of two from 64 to 1048576, in KiB",
				    optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_NO_HASH:
			read.image_limit_mib = 0;
			break;
		case OPTION_CAPTURE:
			if (!*optarg) {
				log_line("--capture needs a folder, for example /var/lib/kmodwatch/images");
				return usage_error(exit_code);
			}
			read.capture = optarg;
			break;
		case OPTION_CAPTURE_MAX:
			if (!read_number(optarg, 1, 1048576, &read.capture_max_mib)) {
				log_line("--capture-max %s cannot be used: give 1 to 1048576, in MiB", optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_PIN:
			read.pin = optarg;
			break;
		case OPTION_UNPIN:
			read.unpin = true;
			break;
		case OPTION_SELF_TEST:
			if (!read_number(optarg, 0, 86400, &read.self_test)) {
				log_line("--self-test %s cannot be used: give 0 to 86400, in seconds", optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_JOURNAL:
			journal = true;
			break;
		case OPTION_STATE:
			if (!*optarg) {
				log_line("--state needs a folder, for example /var/lib/kmodwatch");
				return usage_error(exit_code);
			}
			read.state = optarg;
			break;
		case 'v':
			read.verbose = true;
			break;
		case 'h':
			fputs(help, stdout);
			*exit_code = EXIT_ENDED;
			return false;
		case 'V':
			puts("kmodwatch " KMODWATCH_VERSION);
			*exit_code = EXIT_ENDED;
			return false;
		default: /* getopt_long() has said what is wrong */
			log_line("kmodwatch --help lists the options");
			return usage_error(exit_code);
		}
	}
	if (optind < argc) {
		log_line("`%s` is not an option, and kmodwatch takes no other arguments: see --help", argv[optind]);
		return usage_error(exit_code);
	}
	if (conflict(&read, journal)) {
		log_line("%s", conflict(&read, journal));
		return usage_error(exit_code);
	}
	if (journal)
		read.output = OUTPUT_JOURNAL;
	*options = read;
	return true;
}
