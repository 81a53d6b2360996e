// SPDX-License-Identifier: BSD-2-Clause
/*
 * Performs every act of the profile once for each kind of task, each in a process of its own, so that the audit records
 * can be told apart by pid. Static and not position independent: 32-bit calls are made with int 0x80, and want pointers
 * below 4 GiB.
 *
 * acts            performs them, and prints a line for each: NAME PID
 * acts --profile TASK...  performs them, and prints a requirement for each, with everything that is known of it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct task {
	const char *name;
	long login; /* -1: none */
	unsigned int uid, gid;
};

static const struct task tasks[] = {
	{ "none", -1, 0, 0 },	      /* a daemon, or the kernel's own modprobe */
	{ "root", 0, 0, 0 },	      /* root logged in */
	{ "sudo", 1000, 0, 0 },	      /* a user who became root */
	{ "user", 1000, 1000, 1000 }, /* a user who did not */
};

struct act {
	const char *name, *abi, *call;
	long nr64, nr32;
	const char *tool; /* run this, with call execve */
	long a[3];
};

static char absent[] = "no_such_module";
static const struct act acts[] = {
	{ "init64", "b64", "init_module", 175, 0, NULL, { 0, 0, 0 } },
	{ "init32", "b32", "init_module", 0, 128, NULL, { 0, 0, 0 } },
	{ "finit64", "b64", "finit_module", 313, 0, NULL, { -1, 0, 0 } },
	{ "finit32", "b32", "finit_module", 0, 350, NULL, { -1, 0, 0 } },
	{ "delete64", "b64", "delete_module", 176, 0, NULL, { (long)absent, 0, 0 } },
	{ "delete32", "b32", "delete_module", 0, 129, NULL, { (long)absent, 0, 0 } },
	{ "insmod64", "b64", "execve", 59, 0, "/sbin/insmod", { 0 } },
	{ "insmod32", "b32", "execve", 0, 11, "/sbin/insmod", { 0 } },
	{ "rmmod64", "b64", "execve", 59, 0, "/sbin/rmmod", { 0 } },
	{ "kmod64", "b64", "execve", 59, 0, "/bin/kmod", { 0 } },
	{ "kmod32", "b32", "execve", 0, 11, "/bin/kmod", { 0 } },
};

enum { TASKS = sizeof(tasks) / sizeof(*tasks), ACTS = sizeof(acts) / sizeof(*acts) };

/* In the program's own memory, so below 4 GiB. */
static char tool[64];
static uint64_t argv64[2], envp64[1];
static uint32_t argv32[2], envp32[1];

static long call64(long nr, long a, long b, long c)
{
	register long r10 __asm__("r10") = 0;
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
	return result;
}

static long call32(long nr, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(0L) : "memory");
	return (int)result;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0) {
		perror(path);
		_exit(120);
	}
	close(fd);
}

static void become(const struct task *task)
{
	char text[32];

	if (task->login >= 0) {
		snprintf(text, sizeof(text), "%ld", task->login);
		write_file("/proc/self/loginuid", text);
	}
	if (setgroups(0, NULL) || setresgid(task->gid, task->gid, task->gid) ||
	    setresuid(task->uid, task->uid, task->uid))
		_exit(121);
}

/* The last thing the process does. */
static long perform(const struct act *act)
{
	int null = open("/dev/null", O_RDWR);

	if (act->tool) {
		/* so little memory that the program ends as its libraries are loaded: the exec is over by then */
		setrlimit(RLIMIT_AS, &(struct rlimit) { 4 << 20, 4 << 20 });
		strcpy(tool, act->tool);
		argv64[0] = (uint64_t)(uintptr_t)tool;
		argv32[0] = (uint32_t)(uintptr_t)tool;
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		return act->nr64 ? call64(act->nr64, (long)tool, (long)argv64, (long)envp64)
				 : call32(act->nr32, (long)tool, (long)argv32, (long)envp32);
	}
	return act->nr64 ? call64(act->nr64, act->a[0], act->a[1], act->a[2])
			 : call32(act->nr32, act->a[0], act->a[1], act->a[2]);
}

/* The call's result comes back by exit code: an errno, or 0. */
static int run(const struct task *task, const struct act *act, pid_t *pid)
{
	int status;

	*pid = fork();
	if (*pid == 0) {
		become(task);
		_exit((int)-perform(act));
	}
	waitpid(*pid, &status, 0);
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 120 || WEXITSTATUS(status) == 121)) {
		fprintf(stderr, "acts: %s cannot be a task of its kind\n", task->name);
		exit(1);
	}
	return act->tool ? 0 : WEXITSTATUS(status);
}

static void print_requirement(const struct task *task, const struct act *act, int error)
{
	char login[32] = "unset";

	if (task->login >= 0)
		snprintf(login, sizeof(login), "%ld", task->login);
	printf(
	    "# id: %s-%s\n-a always,exit -F arch=%s -S %s -F auid=%s -F uid=%u -F euid=%u -F suid=%u -F fsuid=%u -F gid=%u "
	    "-F egid=%u -F sgid=%u -F fsgid=%u -F exit=%d -F pers=0",
	    task->name, act->name, act->abi, act->call, login, task->uid, task->uid, task->uid, task->uid, task->gid,
	    task->gid, task->gid, task->gid, -error);
	/* = and != also look at the task's groups: without these the number itself, and what groups it has not, is open
	 */
	printf(
	    " -F pid>1 -F ppid>1 -F sessionid!=77 -F gid>=%u -F gid<=%u -F egid>=%u -F egid<=%u -F gid!=%u -F egid!=%u",
	    task->gid, task->gid, task->gid, task->gid, 1000 - task->gid, 1000 - task->gid);
	if (act->tool)
		printf(" -F path=%s -F perm=x -F a0=%u -F a1=%u -F a2=%u -F a3=0\n", act->tool,
		       (uint32_t)(uintptr_t)tool, act->nr64 ? (uint32_t)(uintptr_t)argv64 : (uint32_t)(uintptr_t)argv32,
		       act->nr64 ? (uint32_t)(uintptr_t)envp64 : (uint32_t)(uintptr_t)envp32);
	else
		printf(" -F exe=/usr/bin/acts -F a0=%u -F a1=%u -F a2=%u -F a3=0\n", (uint32_t)act->a[0],
		       (uint32_t)act->a[1], (uint32_t)act->a[2]);
}

/* All acts of one kind of task. What it prints goes out as one write. */
static int run_task(const struct task *task, int profile)
{
	for (int i = 0; i < ACTS; i++) {
		pid_t pid;
		int error = run(task, &acts[i], &pid);

		if (profile)
			print_requirement(task, &acts[i], error);
		else
			printf("%s-%s %d\n", task->name, acts[i].name, pid);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int profile = argc > 1 && strcmp(argv[1], "--profile") == 0;
	static char buffer[TASKS][65536];
	int failed = 0, status;

	for (int i = 0; i < TASKS; i++) {
		int wanted = !profile;

		for (int k = 2; k < argc; k++)
			wanted |= strcmp(argv[k], tasks[i].name) == 0;
		if (!wanted || fork())
			continue;
		setvbuf(stdout, buffer[i], _IOFBF, sizeof(buffer[i]));
		exit(run_task(&tasks[i], profile));
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
