// SPDX-License-Identifier: BSD-2-Clause
/* The acts. */
#define _GNU_SOURCE
#include "cost.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

long load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long ret;

	if (fd < 0)
		die(path);
	ret = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return ret;
}

long unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

static void do_getppid(char **words)
{
	(void)words;
	syscall(SYS_getppid);
}

static void do_finit(char **words)
{
	(void)words;
	syscall(SYS_finit_module, -1, "", 0);
}

/* Its output is dropped. A program that is not there would be a cheap one. */
static void do_exec(char **words)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		die("fork");
	if (!child) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		execv(words[0], words);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		die(words[0]);
}

static void do_module(char **words)
{
	if (load(words[0]) || unload(words[1]))
		die(words[0]);
}

const struct act acts[] = {
	{ "getppid", ": a call that nobody watches", 0, do_getppid },
	{ "finit", ": finit_module(-1)", 0, do_finit },
	{ "exec", "PROGRAM WORDS...: fork, exec, wait", 1, do_exec },
	{ "module", "FILE NAME: load and unload", 2, do_module },
	{ 0 },
};

/* RATE SECONDS FILE NAME: so many loads and unloads a second. */
int pace(char **words)
{
	unsigned long rate = strtoul(words[0], NULL, 10), seconds = strtoul(words[1], NULL, 10);
	struct spent before, after;
	uint64_t next;

	do_module(words + 2);
	rest_ns(12000000000);
	before = spent_now();
	next = now_ns();
	for (unsigned long i = 0; i < rate * seconds; i++) {
		uint64_t now = now_ns();

		if (next > now)
			rest_ns(next - now);
		do_module(words + 2);
		next += 1000000000 / rate;
	}
	after = spent_now();
	printf("{\"rate\": %lu, \"seconds\": %lu, \"daemon\": %.0f, \"a_module\": %.0f}\n", rate, seconds,
	       (double)(after.daemon - before.daemon) / (double)seconds,
	       (double)(after.daemon - before.daemon) / (double)(rate * seconds));
	return 0;
}

/* SECONDS: what goes on where nothing happens, a second. */
int idle(char **words)
{
	unsigned long seconds = strtoul(words[0], NULL, 10);
	struct spent before, after;

	rest_ns(12000000000);
	before = spent_now();
	rest_ns(seconds * 1000000000);
	after = spent_now();
	printf("{\"seconds\": %lu, \"all\": %.0f, \"daemon\": %.0f, \"woken\": %.2f}\n", seconds,
	       (double)(after.all - before.all) / (double)seconds,
	       (double)(after.daemon - before.daemon) / (double)seconds,
	       (double)(after.woken - before.woken) / (double)seconds);
	return 0;
}

/* MILLISECONDS: finit_module(-1) as often as it goes. */
int flood(char **words)
{
	uint64_t start = now_ns(), until = start + strtoul(words[0], NULL, 10) * 1000000;
	unsigned long done = 0;

	while (done % 256 || now_ns() < until) {
		syscall(SYS_finit_module, -1, "", 0);
		done++;
	}
	printf("{\"calls\": %lu, \"ns\": %llu}\n", done, (unsigned long long)(now_ns() - start));
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Reads lines until one has the text; the moment at which it was there. */
static uint64_t line_with(int fd, const char *text)
{
	static char buffer[1 << 20];
	static size_t have;

	for (;;) {
		char *end = memchr(buffer, '\n', have);
		ssize_t n;

		if (end) {
			uint64_t now = now_ns();
			int found;

			*end = 0;
			found = strstr(buffer, text) != NULL;
			have -= (size_t)(end + 1 - buffer);
			memmove(buffer, end + 1, have);
			if (found)
				return now;
			continue;
		}
		if (have == sizeof(buffer) || poll(&(struct pollfd) { .fd = fd, .events = POLLIN }, 1, 10000) != 1)
			die("the line does not come");
		n = read(fd, buffer + have, sizeof(buffer) - have);
		if (n <= 0)
			die("the lines have ended");
		have += (size_t)n;
	}
}

/* FILE NAME COUNT, a monitor's lines on stdin: from the return of finit_module to the load's line. */
int latency(char **words)
{
	size_t count = strtoul(words[2], NULL, 10);
	uint64_t *took = calloc(count, sizeof(*took));

	if (!took || !count)
		die("how many?");
	line_with(STDIN_FILENO, "\"event\":\"monitor_start\"");
	for (size_t i = 0; i < count; i++) {
		uint64_t returned;

		if (load(words[0]))
			die(words[0]);
		returned = now_ns();
		took[i] = line_with(STDIN_FILENO, "\"event\":\"module_load\"") - returned;
		if (unload(words[1]))
			die(words[1]);
		line_with(STDIN_FILENO, "\"event\":\"module_unload\"");
	}
	qsort(took, count, sizeof(*took), compare);
	printf("{\"count\": %zu, \"p50\": %llu, \"p99\": %llu, \"max\": %llu}\n", count,
	       (unsigned long long)took[count / 2], (unsigned long long)took[count * 99 / 100],
	       (unsigned long long)took[count - 1]);
	free(took);
	return 0;
}
