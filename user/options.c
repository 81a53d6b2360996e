// SPDX-License-Identifier: BSD-2-Clause
#include "options.h"
#include "log.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: kmodwatch [OPTION]...\n"
    "Shows every load and unload of a kernel module as it happens: one JSON object a line on stdout,\n"
    "messages on stderr.\n"
    "\n"
    "      --format FORMAT  how events are written: json (the default and, so far, the only one)\n"
    "      --no-snapshot    do not list the modules that are loaded already\n"
    "      --btf FILE       take the kernel's type information from FILE, not /sys/kernel/btf/vmlinux\n"
    "      --ring-size KIB  room for events that wait for the reader: a power of two from 64 to 1048576\n"
    "                       (default 16384); what does not fit is counted and reported as events_lost\n"
    "  -v, --verbose        say on stderr what is done, and why probes are missing\n"
    "  -h, --help           show this and exit\n"
    "  -V, --version        show the version and exit\n"
    "\n"
    "Runs until SIGINT or SIGTERM. Needs root, or CAP_BPF and CAP_PERFMON.\n"
    "Exit status: 0 ended by a signal; 1 stopped by an error while running (stdout is gone, ...);\n"
    "2 could not start (usage, privilege, no probe could be attached).\n";

enum { OPTION_FORMAT = 256, OPTION_NO_SNAPSHOT, OPTION_BTF, OPTION_RING_SIZE };

static const struct option long_options[] = {
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "no-snapshot", no_argument, NULL, OPTION_NO_SNAPSHOT },
	{ "btf", required_argument, NULL, OPTION_BTF },
	{ "ring-size", required_argument, NULL, OPTION_RING_SIZE },
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

/* A ring is a power of two of whole pages; 64 KiB is one page on every architecture. */
static bool read_ring_size(const char *word, unsigned int *kib)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (*word < '0' || *word > '9' || *end || value < 64 || value > 1048576 || (value & (value - 1)))
		return false;
	*kib = (unsigned int)value;
	return true;
}

bool options_read(int argc, char **argv, struct options *options, int *exit_code)
{
	struct options read = { .snapshot = true };
	int option;

	while ((option = getopt_long(argc, argv, "vhV", long_options, NULL)) != -1) {
		switch (option) {
		case OPTION_FORMAT:
			if (strcmp(optarg, "json")) {
				log_line("--format %s is not known: the only format so far is json", optarg);
				return usage_error(exit_code);
			}
			break;
		case OPTION_NO_SNAPSHOT:
			read.snapshot = false;
			break;
		case OPTION_BTF:
			read.btf_path = optarg;
			break;
		case OPTION_RING_SIZE:
			if (!read_ring_size(optarg, &read.ring_kib)) {
				log_line("--ring-size %s will not do: give KiB, a power of two from 64 to 1048576",
					 optarg);
				return usage_error(exit_code);
			}
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
	*options = read;
	return true;
}
