/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef KMODWATCH_OPTIONS_H
#define KMODWATCH_OPTIONS_H

#include <stdbool.h>

/* Exit codes: part of the contract with scripts and units. */
enum {
	EXIT_ENDED = 0,	   /* by SIGINT or SIGTERM; after --help and --version */
	EXIT_STOPPED = 1,  /* by an error while running */
	EXIT_NO_START = 2, /* usage, privilege, no probe could be attached */
};

struct options {
	const char *btf_path;  /* NULL: the kernel's own */
	unsigned int ring_kib; /* 0: as the kernel side has it */
	bool snapshot;	       /* module_present lines at the start */
	bool verbose;
};

/*
 * Reads the command line. True: go on, with *options filled. False: end with *exit_code (--help, --version, or a usage
 * error, which has been explained).
 */
bool options_read(int argc, char **argv, struct options *options, int *exit_code);

#endif
