// SPDX-License-Identifier: BSD-2-Clause
// Acts re-enacted from other tools' bug reports.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char **words;

static void *exec_in_thread(void *nothing)
{
	(void)nothing;
	dprintf(STDOUT_FILENO, "pid=%d\ntid=%d\n", getpid(), gettid());
	execvp(words[0], words);
	die(words[0]);
}

static int do_thread_exec(int argc, char **argv)
{
	pthread_t thread;

	(void)argc;
	words = argv + 1;
	if (pthread_create(&thread, NULL, exec_in_thread, NULL))
		die("pthread_create");
	for (;;)
		pause();
}

static void *fork_in_thread(void *name)
{
	pid_t child;

	prctl(PR_SET_NAME, name);
	child = fork();
	if (!child) {
		dprintf(STDOUT_FILENO, "pid=%d\nppid=%d\n", getpid(), getppid());
		execvp(words[0], words);
		die(words[0]);
	}
	waitpid(child, NULL, 0);
	return NULL;
}

static int do_thread_fork(int argc, char **argv)
{
	pthread_t thread;

	(void)argc;
	words = argv + 2;
	if (pthread_create(&thread, NULL, fork_in_thread, argv[1]))
		die("pthread_create");
	pthread_join(thread, NULL);
	return 0;
}

static int words_count;

static void *go_on_alone(void *nothing)
{
	(void)nothing;
	usleep(200000);
	dprintf(STDOUT_FILENO, "pid=%d\ntid=%d\n", getpid(), gettid());
	exit(dispatch(words_count, words));
}

/* The main thread ends first. */
static int do_leaderless(int argc, char **argv)
{
	pthread_t thread;

	words = argv + 1;
	words_count = argc - 1;
	if (pthread_create(&thread, NULL, go_on_alone, NULL))
		die("pthread_create");
	pthread_exit(NULL);
}

static void copy_into(int fd, const char *path)
{
	struct bytes bytes = read_file(path);

	if (write(fd, bytes.data, bytes.size) != (ssize_t)bytes.size)
		die("write");
}

static int do_tmpfile(int argc, char **argv)
{
	int fd = open(argv[2], O_TMPFILE | O_RDWR, 0600), again;
	char path[64];

	(void)argc;
	if (fd < 0)
		die(argv[2]);
	copy_into(fd, argv[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	if (again < 0)
		die(path);
	close(fd);
	return answer(syscall(SYS_finit_module, again, "", 0));
}

static int do_fexec(int argc, char **argv)
{
	int fd = open(argv[1], O_PATH);

	(void)argc;
	if (fd < 0)
		die(argv[1]);
	syscall(SYS_execveat, fd, "", argv + 2, environ, AT_EMPTY_PATH);
	die("execveat");
}

static int do_memexec(int argc, char **argv)
{
	int fd = memfd_create(argv[1], MFD_CLOEXEC), again;
	char path[64];

	(void)argc;
	if (fd < 0)
		die("memfd_create");
	copy_into(fd, argv[2]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	syscall(SYS_execveat, again, "", argv + 3, environ, AT_EMPTY_PATH);
	die("execveat");
}

/* What docker's default profile answers to who has not CAP_SYS_MODULE. */
static int do_seccomp(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_finit_module, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_init_module, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_delete_module, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(*code), code };

	(void)argc;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		die("seccomp");
	execvp(argv[1], argv + 1);
	die(argv[1]);
}

/* Over all of argv's memory, as setproctitle() does. */
static int do_title(int argc, char **argv)
{
	char *copy[64] = { 0 };
	char *begin = argv[0], *end = argv[argc - 1] + strlen(argv[argc - 1]);

	for (int i = 0; i < argc && i < 63; i++)
		copy[i] = strdup(argv[i]);
	while (begin[-1] || begin[-2]) /* back to the start of argv[0] of the process: "act" */
		if (!strcmp(begin, "act"))
			break;
		else
			begin--;
	memset(begin, 0, end - begin);
	snprintf(begin, end - begin, "%s", copy[1]);
	return dispatch(argc - 2, copy + 2);
}

static int do_x32_finit(int argc, char **argv)
{
	(void)argc;
	return answer(syscall(0x40000000 | 313, open_file(argv[1]), "", 0));
}

static int do_unlink(int argc, char **argv)
{
	if (unlink(argv[1]))
		die(argv[1]);
	return dispatch(argc - 2, argv + 2);
}

static int do_finit_rdwr(int argc, char **argv)
{
	int fd = open(argv[1], O_RDWR | O_CLOEXEC);

	(void)argc;
	if (fd < 0)
		die(argv[1]);
	return answer(syscall(SYS_finit_module, fd, "", 0));
}

static int do_finit_path(int argc, char **argv)
{
	int fd = open(argv[1], O_PATH | O_CLOEXEC);

	(void)argc;
	if (fd < 0)
		die(argv[1]);
	return answer(syscall(SYS_finit_module, fd, "", 0));
}

/* In the child of a vfork(), without an exec. */
static int do_vfork_finit(int argc, char **argv)
{
	int fd = open_file(argv[1]), status;
	pid_t child = vfork();

	(void)argc;
	if (!child) {
		syscall(SYS_finit_module, fd, "", 0);
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("child=%d\npid=%d\n", child, getpid());
	return 0;
}

const struct act field_acts[] = {
	{ "thread-exec", "PROGRAM...: executed by a thread that is not the main one; prints pid= and tid=", 1,
	  do_thread_exec },
	{ "thread-fork", "NAME PROGRAM...: in a child of a thread with that name; prints pid= and ppid=", 2,
	  do_thread_fork },
	{ "leaderless", "ACT...: by a thread whose process's main thread is gone; prints pid= and tid=", 1,
	  do_leaderless },
	{ "tmpfile", "FILE FOLDER: finit_module from a file that never had a name", 2, do_tmpfile },
	{ "fexec", "FILE ARGV0 ARG...: execveat of a descriptor", 2, do_fexec },
	{ "memexec", "NAME FILE ARGV0 ARG...: the same of a memfd with the file's bytes", 3, do_memexec },
	{ "seccomp", "PROGRAM...: where a filter answers EPERM to the module calls", 1, do_seccomp },
	{ "title", "TITLE ACT...: another act, when argv has been written over", 2, do_title },
	{ "x32-finit", "FILE: by the x32 ABI", 1, do_x32_finit },
	{ "unlink", "FILE ACT...: another act, when the file is gone", 2, do_unlink },
	{ "finit-rdwr", "FILE: open for writing", 1, do_finit_rdwr },
	{ "finit-path", "FILE: an O_PATH descriptor", 1, do_finit_path },
	{ "vfork-finit", "FILE: by the child of a vfork(); prints child= and pid=", 1, do_vfork_finit },
	{ 0 },
};
