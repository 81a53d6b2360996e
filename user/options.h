/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line. */
#ifndef KMODWATCH_OPTIONS_H
#define KMODWATCH_OPTIONS_H

#include "output/format.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit codes: part of the contract with scripts and units. */
enum {
	EXIT_ENDED = 0,	   /* by SIGINT or SIGTERM; after --help and --version; --check-audit: parity */
	EXIT_STOPPED = 1,  /* by an error while running; --check-audit: a gap */
	EXIT_NO_START = 2, /* usage, privilege, no probe could be attached; --diagnose: it cannot start; --check-audit:
			      no verdict */
	/* could not start for a reason that may pass: for a service manager only, for all else that is EXIT_NO_START */
	EXIT_TRY_AGAIN = 75,
};

struct options {
	const char *btf_path;  /* NULL: the kernel's own */
	unsigned int ring_kib; /* 0: as the kernel side has it */
	unsigned int image_ring_kib;
	unsigned int image_limit_mib; /* images above that are not hashed; 0: none is */
	const char *capture;	      /* the folder where images are kept; NULL: nowhere */
	unsigned int capture_max_mib;
	const char *pin;	/* the folder where links and maps stay; NULL: they end with the process */
	bool unpin;		/* take out what is pinned, and exit */
	unsigned int self_test; /* seconds between two tests of the probes; 0: only at the start */
	const char *state;	/* where the list of loaded modules is kept; NULL: nowhere */
	enum snapshot {
		SNAPSHOT_NEVER,
		SNAPSHOT_ONCE, /* in a boot: not where an earlier monitor of the same pins wrote them */
		SNAPSHOT_ALWAYS,
	} snapshot;	/* module_present lines at the start */
	bool all_tools; /* tool_exec lines of the tools that only read, too */
	bool verbose;
	enum output output;
	unsigned int line_max; /* bytes of a line of JSON */
	enum colour colour;
	bool check_options;	   /* check these options and exit */
	bool diagnose;		   /* say what this kernel offers, and exit */
	unsigned int running;	   /* the process that is to read these at a reload; 0: none */
	bool check_audit;	   /* check the audit rules and exit */
	bool print_rules;	   /* print what would close the gaps instead of the result */
	const char *print_profile; /* print this profile and exit; else NULL */
	const char *profile;
	const char *root; /* the system below this folder is checked; NULL: this one */
	struct paths {
		const char **paths;
		size_t count;
	} rules; /* files and folders to judge; kept until the end */
};

/*
 * Reads the command line, and the files that it names with --options. Calling it again reads those anew. True: go on,
 * with *options filled. False: end with *exit_code (--help, --version, or usage errors, each of which has been
 * explained).
 */
bool options_read(int argc, char **argv, struct options *options, int *exit_code);

#endif
