// SPDX-License-Identifier: BSD-2-Clause
// Acts that change what the process is, and then go on with a program or with another act.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void go_on(char **argv)
{
	execvp(argv[0], argv);
	die(argv[0]);
}

static const struct {
	const char *name;
	int number;
} capabilities[] = {
	{ "dac_read_search", CAP_DAC_READ_SEARCH },
	{ "sys_module", CAP_SYS_MODULE },
	{ "sys_admin", CAP_SYS_ADMIN },
	{ "sys_resource", CAP_SYS_RESOURCE },
	{ "syslog", CAP_SYSLOG },
	{ "perfmon", CAP_PERFMON },
	{ "bpf", CAP_BPF },
	{ "net_admin", CAP_NET_ADMIN },
	{ NULL, -1 },
};

/* "sys_module,bpf" as a bit set; "none" is empty. */
static unsigned long long capability_set(char *list)
{
	unsigned long long set = 0;

	if (!strcmp(list, "none"))
		return 0;
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		int known = 0;

		while (capabilities[known].name && strcmp(capabilities[known].name, name))
			known++;
		if (!capabilities[known].name) {
			errno = EINVAL;
			die(name);
		}
		set |= 1ULL << capabilities[known].number;
	}
	return set;
}

/* Exactly these capabilities, and across exec too: root is held down by the bounding set, others by the ambient set. */
static void keep_only(unsigned long long set, uid_t uid)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	for (int number = 0; number < 64; number++)
		if (!(set >> number & 1))
			prctl(PR_CAPBSET_DROP, number);
	if (uid && (prctl(PR_SET_KEEPCAPS, 1) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		die("setresuid");
	for (int half = 0; half < 2; half++)
		data[half].effective = data[half].permitted = data[half].inheritable = set >> (32 * half);
	if (syscall(SYS_capset, &head, data))
		die("capset");
	for (int number = 0; uid && number < 64; number++)
		if (set >> number & 1 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0))
			die("PR_CAP_AMBIENT_RAISE");
}

static int do_as(int argc, char **argv)
{
	char *wanted = strchr(argv[1], ':');
	uid_t uid = atoi(argv[1]);

	(void)argc;
	if (setgroups(0, NULL))
		die("setgroups");
	if (wanted)
		keep_only(capability_set(wanted + 1), uid);
	else if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		die("setresuid");
	go_on(argv + 2);
}

/* fork: the command's own namespace; else, before 6.3 or so, only its children's. */
static int do_timens(int argc, char **argv)
{
	enum { NEWTIME = 0x80 }; /* CLONE_NEWTIME */
	int fd, status;

	(void)argc;
	if (unshare(NEWTIME))
		die("unshare");
	fd = open("/proc/self/timens_offsets", O_WRONLY);
	if (fd < 0 || dprintf(fd, "boottime %s 0\n", argv[1]) < 0 || close(fd))
		die("timens_offsets");
	if (strcmp(argv[2], "fork"))
		go_on(argv + 2);
	if (!fork())
		go_on(argv + 3);
	return wait(&status) > 0 ? WEXITSTATUS(status) : 2;
}

static int do_argv0(int argc, char **argv)
{
	const char *program = argv[2];

	(void)argc;
	argv[2] = argv[1];
	execvp(program, argv + 2);
	die(program);
}

/* Not by fexecve(): on 5.10 here, execveat() answers ENOENT to an empty path, whatever the descriptor's file is. */
static int do_exec_memfd(int argc, char **argv)
{
	struct bytes program = read_file(argv[1]);
	int fd = memfd_create("act", 0);
	char path[32];

	(void)argc;
	if (fd < 0 || write(fd, program.data, program.size) != (ssize_t)program.size)
		die("memfd_create");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	execv(path, argv + 1);
	die(argv[1]);
}

static int do_exec_hex(int argc, char **argv)
{
	char *words[64] = { argv[1] };

	for (int i = 2; i < argc && i < 63; i++)
		words[i - 1] = from_hex(argv[i]).data;
	go_on(words);
}

/* The name is lost at exec, so what follows is another act. */
static int do_comm(int argc, char **argv)
{
	if (prctl(PR_SET_NAME, from_hex(argv[1]).data))
		die("PR_SET_NAME");
	return dispatch(argc - 2, argv + 2);
}

static int do_loginuid(int argc, char **argv)
{
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);

	(void)argc;
	if (fd < 0 || write(fd, argv[1], strlen(argv[1])) < 0)
		die("/proc/self/loginuid");
	go_on(argv + 2);
}

/* What a kernel without bpf() answers. */
static int do_no_bpf(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(*code), code };

	(void)argc;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		die("seccomp");
	go_on(argv + 1);
}

struct filter_way {
	const char *name;
	unsigned int action, flags;
};

static struct filter_way find_way(const char *name)
{
	enum { LOG_FLAG = 2 };
	static const struct filter_way ways[] = {
		{ "kill", SECCOMP_RET_KILL_PROCESS, 0 },
		{ "kill-thread", SECCOMP_RET_KILL_THREAD, 0 },
		{ "log", SECCOMP_RET_LOG, 0 },
		{ "errno", SECCOMP_RET_ERRNO | EPERM, 0 },
		{ "errno-logged", SECCOMP_RET_ERRNO | EPERM, LOG_FLAG },
		{ "trap-logged", SECCOMP_RET_TRAP, LOG_FLAG },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, name))
			return ways[i];
	errno = EINVAL;
	die(name);
}

/* The machine's 32-bit ABI, and what is different of its module calls' numbers. */
#if defined(__aarch64__) || defined(__arm__)
enum { ARCH32 = 0x40000028, FINIT_MODULE32 = 379 };
#else
enum { ARCH32 = 0x40000003, FINIT_MODULE32 = 350 };
#endif

/* Where a filter answers init_module, finit_module and delete_module of both ABIs. For 64-bit programs. */
static int do_filtered(int argc, char **argv)
{
	const struct filter_way way = find_way(argv[1]);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH32, 4, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_init_module, 7, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_delete_module, 6, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 5, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 128, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 129, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FINIT_MODULE32, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, way.action),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(*code), code };

	(void)argc;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, way.flags, &filter))
		die("seccomp");
	go_on(argv + 2);
}

/* The program's parent is process 1. Its pid is printed; this process waits until the pipe says that it is gone. */
static int do_orphan(int argc, char **argv)
{
	int done[2];
	char nothing;
	pid_t child;

	(void)argc;
	if (pipe(done))
		die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		pid_t parent = getpid();

		if (fork())
			_exit(0);
		while (getppid() == parent)
			usleep(1000);
		dprintf(STDOUT_FILENO, "pid=%d\nppid=%d\n", getpid(), getppid());
		go_on(argv + 1);
	}
	waitpid(child, NULL, 0);
	close(done[1]);
	while (read(done[0], &nothing, 1) > 0)
		;
	return 0;
}

const struct act become_acts[] = {
	{ "as", "UID[:none|CAPABILITY,...] PROGRAM...: as this user, with only these capabilities", 2, do_as },
	{ "exec-memfd", "PROGRAM ARG...: from a memfd with the file's bytes", 1, do_exec_memfd },
	{ "timens", "SECONDS [fork] PROGRAM...: its boot clock is ahead by that much", 2, do_timens },
	{ "argv0", "NAME PROGRAM ARG...: argv[0] is NAME", 2, do_argv0 },
	{ "exec-hex", "PROGRAM ARG-IN-HEX...", 1, do_exec_hex },
	{ "comm", "NAME-IN-HEX ACT...: another act under this thread name", 2, do_comm },
	{ "loginuid", "UID PROGRAM...: as if this user had logged in", 2, do_loginuid },
	{ "no-bpf", "PROGRAM...: where bpf() answers ENOSYS", 1, do_no_bpf },
	{ "filtered", "kill|kill-thread|log|errno|errno-logged|trap-logged PROGRAM...: a seccomp filter", 2,
	  do_filtered },
	{ "orphan", "PROGRAM...: as a child of process 1; prints pid= and ppid=", 1, do_orphan },
	{ 0 },
};
