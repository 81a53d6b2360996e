// SPDX-License-Identifier: BSD-2-Clause
// Acts that leave a program behind: when it runs, the process that wanted it is none of its ancestors any more.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void run(char **argv)
{
	execvp(argv[0], argv);
	die(argv[0]);
}

/* Runs the program in a child, once this process has ended. */
static int leave(char **argv)
{
	pid_t parent = getpid(), child = fork();

	if (child < 0)
		die("fork");
	if (child)
		_exit(0);
	while (getppid() == parent)
		usleep(1000);
	run(argv);
}

static int by_fork(char **argv)
{
	return leave(argv);
}

static int by_session(char **argv)
{
	if (fork())
		_exit(0);
	if (setsid() < 0)
		die("setsid");
	return leave(argv);
}

/* This program again, whose parent is gone by then. */
static int by_vfork(char **argv)
{
	char *again[64] = { "act", "away", "fork" };

	for (int i = 0; i < 60 && argv[i]; i++)
		again[i + 3] = argv[i];
	if (!vfork()) {
		execvp(again[0], again);
		_exit(2);
	}
	_exit(0);
}

static void *leave_in_thread(void *argv)
{
	usleep(20000); /* the first thread may have ended by then */
	leave(argv);
	return NULL;
}

static int by_thread(char **argv)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, leave_in_thread, argv))
		die("pthread_create");
	pthread_join(thread, NULL);
	return 0;
}

static int by_leaderless(char **argv)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, leave_in_thread, argv))
		die("pthread_create");
	pthread_exit(NULL);
}

static void *exec_in_thread(void *argv)
{
	char *again[64] = { "act", "away", "fork" };
	char **words = argv;

	for (int i = 0; i < 60 && words[i]; i++)
		again[i + 3] = words[i];
	run(again);
}

/* The thread takes the place of the first one, which ends. */
static int by_exec_thread(char **argv)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_in_thread, argv))
		die("pthread_create");
	pause();
	return 0;
}

/* The child is its parent's sibling. */
static int by_sibling(char **argv)
{
	pid_t child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (child < 0)
		die("clone");
	if (child)
		_exit(0);
	return leave(argv);
}

static int do_away(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*leave)(char **argv);
	} ways[] = {
		{ "fork", by_fork },	   { "session", by_session },	    { "vfork", by_vfork },
		{ "thread", by_thread },   { "leaderless", by_leaderless }, { "exec-thread", by_exec_thread },
		{ "sibling", by_sibling },
	};

	(void)argc;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, argv[1]))
			return ways[i].leave(argv + 2);
	errno = EINVAL;
	die(argv[1]);
}

/* Each is the child of the one before. */
static int do_crowd(int argc, char **argv)
{
	int more = atoi(argv[1]), held[2];
	char nothing;

	(void)argc;
	if (pipe(held))
		die("pipe");
	while (more-- > 0) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (child) {
			close(held[1]);
			_exit(read(held[0], &nothing, 1) < 0);
		}
	}
	if (!fork()) {
		close(held[0]);
		close(held[1]);
		run(argv + 2);
	}
	wait(NULL);
	return 0; /* and so do all who wait */
}

/* The id of a process that has ended becomes the program's. */
static int do_at_pid(int argc, char **argv)
{
	pid_t wanted = atoi(argv[1]), child = 0;

	(void)argc;
	for (int tries = 0; child != wanted && tries < 1000; tries++) {
		FILE *last = fopen("/proc/sys/kernel/ns_last_pid", "we");

		if (!last || fprintf(last, "%d", wanted - 1) < 0 || fclose(last))
			die("/proc/sys/kernel/ns_last_pid");
		child = fork();
		if (!child && getpid() != wanted)
			_exit(0);
		if (!child)
			run(argv + 2);
		if (child < 0)
			die("fork");
		waitpid(child, NULL, 0);
	}
	return child == wanted ? 0 : 2;
}

const struct act descend_acts[] = {
	{ "away", "WAY PROGRAM...: behind fork, session, vfork, thread, leaderless, exec-thread, sibling", 2, do_away },
	{ "crowd", "N PROGRAM...: as the last of N processes that all live", 2, do_crowd },
	{ "at-pid", "PID PROGRAM...: as the process of that id, which must be free", 2, do_at_pid },
	{ 0 },
};
