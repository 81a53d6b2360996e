/* SPDX-License-Identifier: BSD-2-Clause */
/* What an act costs. Where the guest's clock counts instructions, nanoseconds are instructions. */
#ifndef COST_H
#define COST_H

#include <stddef.h>
#include <stdint.h>

/* Nanoseconds of processor time so far. */
struct spent {
	uint64_t all;	 /* of every task of the machine, kernel threads too; what idles is not counted */
	uint64_t caller; /* of this process */
	uint64_t daemon; /* of the process that DAEMON (environment) names, all its threads; 0 without */
	uint64_t woken;	 /* how often the daemon's threads ran */
};

/* One act; words as on the command line. Does it once. */
struct act {
	const char *name;
	const char *usage;
	int at_least; /* words */
	void (*run)(char **words);
};

extern const struct act acts[];

struct spent spent_now(void);

/* CLOCK_MONOTONIC */
uint64_t now_ns(void);

/* Under a clock that counts instructions an idle processor's time passes at once. */
void rest_ns(uint64_t ns);

/* The machine or the guest is not as it should be: exits with 2. */
_Noreturn void die(const char *what);

/* Acts that print figures of their own. */
int latency(char **words);
int flood(char **words);
int pace(char **words);
int idle(char **words);

long load(const char *path);
long unload(const char *name);

#endif
