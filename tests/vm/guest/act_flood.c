// SPDX-License-Identifier: BSD-2-Clause
// Acts that anyone can do in any number. Each prints how many there were, to the last one.
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How far to go: a number of acts, or as many as a time allows ("5s"). */
struct measure {
	unsigned long long done, count;
	time_t until;
};

static struct measure measure_of(const char *text)
{
	struct measure measure = { 0 };
	char *end;

	measure.count = strtoull(text, &end, 10);
	if (*end == 's') {
		measure.until = time(NULL) + (time_t)measure.count;
		measure.count = 0;
	}
	return measure;
}

/* The clock is not asked before each of a million calls. */
static int goes_on(const struct measure *measure, unsigned int every)
{
	if (measure->count)
		return measure->done < measure->count;
	return measure->done % every || time(NULL) < measure->until;
}

static int say(const struct measure *measure)
{
	printf("%llu\n", measure->done);
	return 0;
}

static int do_flood_finit(int argc, char **argv)
{
	struct measure measure = measure_of(argv[1]);

	(void)argc;
	for (; goes_on(&measure, 1024); measure.done++)
		syscall(SYS_finit_module, -1, "", 0);
	return say(&measure);
}

static int do_flood_getppid(int argc, char **argv)
{
	struct measure measure = measure_of(argv[1]);

	(void)argc;
	for (; goes_on(&measure, 1024); measure.done++)
		syscall(SYS_getppid);
	return say(&measure);
}

static int do_flood_delete(int argc, char **argv)
{
	struct measure measure = measure_of(argv[1]);

	(void)argc;
	for (; goes_on(&measure, 1024); measure.done++)
		syscall(SYS_delete_module, "none", 0);
	return say(&measure);
}

static int do_flood_request(int argc, char **argv)
{
	struct measure measure = measure_of(argv[2]);
	int family = atoi(argv[1]);

	(void)argc;
	for (; goes_on(&measure, 1); measure.done++) {
		int fd = socket(family, SOCK_DGRAM, 0);

		if (fd >= 0)
			close(fd);
	}
	return say(&measure);
}

/* It would set nothing even where it is granted. */
static int do_flood_audit(int argc, char **argv)
{
	const struct {
		struct nlmsghdr header;
		struct audit_status status;
	} request = {
		.header = { .nlmsg_len = sizeof(request), .nlmsg_type = AUDIT_SET, .nlmsg_flags = NLM_F_REQUEST },
	};
	struct measure measure = measure_of(argv[1]);
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	(void)argc;
	if (fd < 0)
		die("socket");
	for (; goes_on(&measure, 1024); measure.done++)
		if (send(fd, &request, sizeof(request), 0) != sizeof(request))
			die("send");
	return say(&measure);
}

/* The program's words follow the measure; a shell would take more time than the program. */
static int do_flood_exec(int argc, char **argv)
{
	struct measure measure = measure_of(argv[1]);

	(void)argc;
	for (; goes_on(&measure, 1); measure.done++) {
		pid_t child = vfork();

		if (child < 0)
			die("vfork");
		if (!child) {
			dup2(STDERR_FILENO, STDOUT_FILENO);
			execvp(argv[2], argv + 2);
			_exit(127);
		}
		waitpid(child, NULL, 0);
	}
	return say(&measure);
}

static volatile unsigned long long nested;

static void call_again(int number)
{
	(void)number;
	syscall(SYS_finit_module, -1, "", 0);
	nested++;
}

/* A signal's handler makes the same call as what it interrupts. */
static int do_flood_nested(int argc, char **argv)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
	struct measure measure = measure_of(argv[1]);

	(void)argc;
	signal(SIGALRM, call_again);
	setitimer(ITIMER_REAL, &often, NULL);
	for (; goes_on(&measure, 1024); measure.done++)
		syscall(SYS_finit_module, -1, "", 0);
	setitimer(ITIMER_REAL, &off, NULL);
	fprintf(stderr, "%llu of them nested\n", nested);
	measure.done += nested;
	return say(&measure);
}

/* One call as each; the saved user id is the way back. */
static int do_flood_users(int argc, char **argv)
{
	uid_t first = atoi(argv[1]), count = atoi(argv[2]);

	(void)argc;
	for (uid_t uid = first; uid < first + count; uid++) {
		if (setresuid(uid, uid, 0))
			die("setresuid");
		syscall(SYS_finit_module, -1, "", 0);
		if (setresuid(0, 0, 0))
			die("setresuid");
	}
	return answer(0);
}

/* All that one can do, with a name that no terminal should see; the words are hostile too. */
static void do_worst(uid_t uid, char **words)
{
	if (setresuid(uid, uid, uid))
		die("setresuid");
	prctl(PR_SET_NAME, "\x1b\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13");
	for (int i = 0; i < 25; i++) {
		syscall(SYS_finit_module, -1, words[1], 0);
		syscall(SYS_init_module, words[1], 1ul, words[1]);
		syscall(SYS_delete_module, words[1], 0);
	}
	close(socket(11, SOCK_DGRAM, 0));
	dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
	execv(words[0], words);
	_exit(127);
}

/* Each round as another of so many users: 25 calls of each kind, a request, an execution. */
static int do_flood_worst(int argc, char **argv)
{
	struct measure measure = measure_of(argv[3]);
	uid_t first = atoi(argv[1]), count = atoi(argv[2]);

	(void)argc;
	for (; goes_on(&measure, 1); measure.done++) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (!child)
			do_worst(first + measure.done % count, argv + 4);
		waitpid(child, NULL, 0);
	}
	return say(&measure);
}

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

/* Where the clock counts instructions, they are what this prints. */
static int do_timed(int argc, char **argv)
{
	unsigned long long before = now_ns();
	int status = dispatch(argc - 1, argv + 1);

	printf("%llu ns\n", now_ns() - before);
	return status;
}

const struct act flood_acts[] = {
	{ "flood-finit", "N|SECONDSs: finit_module(-1)", 1, do_flood_finit },
	{ "flood-getppid", "N|SECONDSs: a call that nobody watches", 1, do_flood_getppid },
	{ "flood-delete", "N|SECONDSs: delete_module(\"none\")", 1, do_flood_delete },
	{ "flood-request", "FAMILY N|SECONDSs: socket(FAMILY)", 2, do_flood_request },
	{ "flood-audit", "N|SECONDSs: a request to change the audit state", 1, do_flood_audit },
	{ "flood-exec", "N|SECONDSs PROGRAM...: its output is dropped", 2, do_flood_exec },
	{ "flood-nested", "N|SECONDSs: finit_module(-1), and the same in a signal's handler", 1, do_flood_nested },
	{ "flood-users", "FIRST COUNT: finit_module(-1), once as each of so many users", 2, do_flood_users },
	{ "flood-worst", "FIRST COUNT N|SECONDSs PROGRAM WORD...: all that is limited, as each of so many users", 5,
	  do_flood_worst },
	{ "timed", "ACT...: and how long it took", 1, do_timed },
	{ 0 },
};
