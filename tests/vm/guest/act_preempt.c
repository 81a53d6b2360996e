// SPDX-License-Identifier: BSD-2-Clause
// Acts of threads that are preempted in the midst of a call, and of those who load beside them.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHILDREN_MAX = 256, CALLS = 6 };

static pid_t children[CHILDREN_MAX];
static int count;

static void run_on(int cpu, int policy, int priority)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) ||
	    sched_setscheduler(0, policy, &(struct sched_param) { .sched_priority = priority }))
		die("sched_setscheduler");
}

/* A working directory whose path takes long to walk. */
static void go_deep(int levels)
{
	mkdir("/tmp/deep", 0777);
	if (chdir("/tmp/deep"))
		die("/tmp/deep");
	for (int i = 0; i < levels; i++) {
		mkdir("a", 0755);
		if (chdir("a"))
			die("a");
	}
}

/* In the child true. */
static bool begin_child(void)
{
	pid_t pid = fork();

	if (pid < 0 || count >= CHILDREN_MAX)
		die("fork");
	if (!pid)
		return true;
	children[count++] = pid;
	return false;
}

static int end_children(int seconds)
{
	sleep(seconds);
	for (int i = 0; i < count; i++)
		kill(children[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}

static _Noreturn void be_refused(int which)
{
	for (;;) {
		if (which == 0)
			syscall(SYS_finit_module, -1, "", 0);
		else if (which == 1)
			syscall(SYS_init_module, NULL, 0, "");
		else if (which == 2)
			syscall(SYS_delete_module, "x", 0);
		else
			compat_refused(which % 3);
	}
}

/* stall SECONDS CPU USERS LEVELS: calls of all kinds by users at idle priority, refused, that deep in the tree. */
static int do_stall(int argc, char **argv)
{
	int users = atoi(argv[3]);

	(void)argc;
	for (int i = 0; i < users * CALLS; i++) {
		if (!begin_child())
			continue;
		go_deep(atoi(argv[4]));
		run_on(atoi(argv[2]), SCHED_IDLE, 0);
		if (setresgid(65000, 65000, 65000) ||
		    setresuid(20000 + i / CALLS, 20000 + i / CALLS, 20000 + i / CALLS))
			die("setresuid");
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* forgotten when the uid changes */
		be_refused(i % CALLS);
	}
	return end_children(atoi(argv[1]));
}

static bool unload(const char *name)
{
	while (syscall(SYS_delete_module, name, O_NONBLOCK)) {
		if (errno != EAGAIN && errno != EBUSY)
			return false;
		usleep(100);
	}
	return true;
}

/* loads FILE NAME N CPU MICROSECONDS [fifo]: loads and unloads it so often, with pauses, for 40 seconds at most. */
static int do_loads(int argc, char **argv)
{
	int fd = open_file(argv[1]), good = 0;
	time_t end = time(NULL) + 40;

	run_on(atoi(argv[4]), argc > 6 ? SCHED_FIFO : SCHED_OTHER, argc > 6);
	for (int i = 0; i < atoi(argv[3]) && time(NULL) < end; i++) {
		usleep(atoi(argv[5]));
		good += !syscall(SYS_finit_module, fd, "", 0) && unload(argv[2]);
	}
	return answer(good);
}

/* idle-loads SECONDS CPU LEVELS FILE NAME ...: root's threads at idle priority, each with a module of its own. */
static int do_idle_loads(int argc, char **argv)
{
	for (int i = 4; i + 1 < argc; i += 2) {
		int fd;

		if (!begin_child())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open_file(argv[i]);
		go_deep(atoi(argv[3]));
		run_on(atoi(argv[2]), SCHED_IDLE, 0);
		for (;;)
			if (!syscall(SYS_finit_module, fd, "", 0))
				unload(argv[i + 1]);
	}
	return end_children(atoi(argv[1]));
}

/* then FILE FLAGS ACT...: loads it, and does the act in the same thread. */
static int do_then(int argc, char **argv)
{
	long ret = syscall(SYS_finit_module, open_file(argv[1]), "", atoi(argv[2]));

	printf("%ld ", ret);
	return dispatch(argc - 3, argv + 3);
}

/* idle CPU ACT...: the act at idle priority. */
static int do_idle(int argc, char **argv)
{
	run_on(atoi(argv[1]), SCHED_IDLE, 0);
	return dispatch(argc - 2, argv + 2);
}

const struct act preempt_acts[] = {
	{ "stall", "SECONDS CPU USERS LEVELS", 4, do_stall },
	{ "loads", "FILE NAME N CPU MICROSECONDS [fifo]: for 40 s at most", 5, do_loads },
	{ "idle-loads", "SECONDS CPU LEVELS [FILE NAME]...", 5, do_idle_loads },
	{ "then", "FILE FLAGS ACT...", 3, do_then },
	{ "idle", "CPU ACT...", 2, do_idle },
	{ 0 },
};
