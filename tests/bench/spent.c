// SPDX-License-Identifier: BSD-2-Clause
/* The kernel's own books: exact to the nanosecond at each switch from one task to the next. */
#define _GNU_SOURCE
#include "cost.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void die(const char *what)
{
	fprintf(stderr, "cost: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

void rest_ns(uint64_t ns)
{
	struct timespec rest = { .tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000) };

	while (nanosleep(&rest, &rest) && errno == EINTR)
		;
}

/* The seventh number of each CPU: for how long it ran tasks other than the idle one. */
static uint64_t spent_by_all(void)
{
	FILE *file = fopen("/proc/schedstat", "re");
	uint64_t sum = 0, one;
	char line[512];
	int found = 0;

	if (!file)
		die("/proc/schedstat");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "cpu%*u %*u %*u %*u %*u %*u %*u %" SCNu64, &one) == 1) {
			sum += one;
			found = 1;
		}
	fclose(file);
	if (!found)
		die("/proc/schedstat tells no CPU's time");
	return sum;
}

static void add_thread(const char *process, const char *thread, struct spent *spent)
{
	uint64_t ran, times;
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", process, thread);
	file = fopen(path, "re");
	if (!file)
		return; /* it has ended */
	if (fscanf(file, "%" SCNu64 " %*u %" SCNu64, &ran, &times) == 2) {
		spent->daemon += ran;
		spent->woken += times;
	}
	fclose(file);
}

static void add_daemon(struct spent *spent)
{
	const char *process = getenv("DAEMON");
	struct dirent *entry;
	char path[64];
	DIR *folder;

	if (!process || !*process)
		return;
	snprintf(path, sizeof(path), "/proc/%.20s/task", process);
	folder = opendir(path);
	if (!folder)
		die("the daemon has ended");
	while ((entry = readdir(folder)))
		if (entry->d_name[0] != '.')
			add_thread(process, entry->d_name, spent);
	closedir(folder);
}

struct spent spent_now(void)
{
	struct spent spent = { .caller = clock_ns(CLOCK_PROCESS_CPUTIME_ID), .all = spent_by_all() };

	add_daemon(&spent);
	return spent;
}
