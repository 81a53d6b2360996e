// SPDX-License-Identifier: BSD-2-Clause
/*
 * cost [--user UID] [--depth N] [--count N] [--rounds N] ACT WORDS...: what the act costs, an object of JSON.
 *
 * Measured is the time that processors were not idle, from before the acts until all that they caused is over; the same
 * with nothing for an act is taken off: the loop, the reading of the clocks, and what goes on anyway.
 */
#define _GNU_SOURCE
#include "cost.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_ROUNDS = 15 };

/*
 * Until daemons have done all that they put off, kmodwatch's last look for hidden modules 10 s after a load too; and a
 * minute, so that there are as many self-tests and such in it each time.
 */
static const uint64_t SETTLE_NS = 30000000000, MINUTE_NS = 60000000000;

struct series {
	uint64_t values[MOST_ROUNDS];
};

static void nothing(char **words)
{
	(void)words;
}

static struct spent measure_once(void (*run)(char **words), char **words, unsigned long count)
{
	struct spent before, after;

	rest_ns(SETTLE_NS);
	before = spent_now();
	for (unsigned long i = 0; i < count; i++)
		run(words);
	rest_ns(MINUTE_NS);
	after = spent_now();
	return (struct spent) { after.all - before.all, after.caller - before.caller, after.daemon - before.daemon,
				after.woken - before.woken };
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void print_series(const char *name, struct series *acts_cost, struct series *base, int rounds,
			 unsigned long count)
{
	qsort(acts_cost->values, rounds, sizeof(uint64_t), compare);
	qsort(base->values, rounds, sizeof(uint64_t), compare);
	printf(", \"%s\": %.1f", name,
	       ((double)acts_cost->values[rounds / 2] - (double)base->values[rounds / 2]) / (double)count);
	printf(", \"%s_spread\": %.1f", name,
	       (double)(acts_cost->values[rounds - 1] - acts_cost->values[0]) / (double)count);
}

static void measure(const struct act *act, char **words, unsigned long count, int rounds)
{
	struct series all = { 0 }, caller = { 0 }, daemon = { 0 };
	struct series all_base = { 0 }, caller_base = { 0 }, daemon_base = { 0 };

	for (unsigned long i = 0; i < count / 10 + 1; i++)
		act->run(words); /* the second time is cheaper: caches of the kernel's, pages, code */
	for (int i = 0; i < rounds; i++) {
		struct spent base = measure_once(nothing, words, count), cost = measure_once(act->run, words, count);

		all.values[i] = cost.all;
		caller.values[i] = cost.caller;
		daemon.values[i] = cost.daemon;
		all_base.values[i] = base.all;
		caller_base.values[i] = base.caller;
		daemon_base.values[i] = base.daemon;
	}
	printf("{\"act\": \"%s\", \"count\": %lu, \"rounds\": %d", act->name, count, rounds);
	print_series("all", &all, &all_base, rounds, count);
	print_series("caller", &caller, &caller_base, rounds, count);
	print_series("daemon", &daemon, &daemon_base, rounds, count);
	printf("}\n");
}

/* Goes on in a process that has so many ancestors; the others wait. Process 1 is the first. */
static void descend(int depth)
{
	int done[2];
	char byte;

	if (pipe2(done, O_CLOEXEC))
		die("pipe2");
	for (int level = 0; level <= depth; level++) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (child && level == 0) { /* stays, so that the shell waits; what it forked becomes process 1's */
			close(done[1]);
			waitpid(child, NULL, 0);
			exit(read(done[0], &byte, 1) == 1 ? byte : 2);
		}
		if (child && level == 1)
			_exit(0); /* leaves an orphan */
		if (child) {
			int status = 0;

			close(done[1]);
			waitpid(child, &status, 0);
			_exit(0);
		}
	}
	if (fcntl(done[1], F_DUPFD, 100) != 100)
		die("dup");
	if (depth == 1)
		while (getppid() != 1)
			rest_ns(1000000);
}

static void leave(int depth, char status)
{
	fflush(stdout);
	if (depth && write(100, &status, 1) != 1)
		die("the first process is gone");
	exit(status);
}

static int run_special(const char *name, char **words)
{
	static const struct {
		const char *name;
		int (*run)(char **words);
	} specials[] = { { "latency", latency }, { "flood", flood }, { "pace", pace }, { "idle", idle } };

	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (strcmp(specials[i].name, name) == 0)
			return specials[i].run(words);
	return -1;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	unsigned long count = 1;
	int depth = 0, rounds = 3, uid = 0, at = 1, status;

	if (strcmp(name ? name + 1 : argv[0], "cost"))
		return 0; /* under any other name it is what is executed: as small as a program can be */
	for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
		int value = atoi(argv[at + 1]);

		if (strcmp(argv[at], "--user") == 0)
			uid = value;
		else if (strcmp(argv[at], "--depth") == 0)
			depth = value;
		else if (strcmp(argv[at], "--count") == 0)
			count = value;
		else if (strcmp(argv[at], "--rounds") == 0 && value > 0 && value <= MOST_ROUNDS)
			rounds = value;
		else
			die(argv[at]);
	}
	if (at >= argc)
		die("which act?");
	if (depth)
		descend(depth);
	if (uid && (setgid(uid) || setuid(uid)))
		die("setuid");
	status = run_special(argv[at], argv + at + 1);
	if (status >= 0)
		leave(depth, (char)status);
	for (const struct act *act = acts; act->name; act++)
		if (strcmp(act->name, argv[at]) == 0 && argc - at > act->at_least) {
			measure(act, argv + at + 1, count, rounds);
			leave(depth, 0);
		}
	for (const struct act *act = acts; act->name; act++)
		fprintf(stderr, "  %s %s\n", act->name, act->usage);
	return 2;
}
