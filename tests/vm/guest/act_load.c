// SPDX-License-Identifier: BSD-2-Clause
// Acts that load and unload modules, and those that make the kernel ask for one.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

/* An address that nobody can read. */
#define UNREADABLE ((const char *)16)

static const char *word(int argc, char **argv, int index, const char *otherwise)
{
	return index < argc ? argv[index] : otherwise;
}

static long finit(int fd, const char *params, unsigned long flags)
{
	return syscall(SYS_finit_module, fd, params, flags);
}

static int do_finit(int argc, char **argv)
{
	unsigned long flags = strtoul(word(argc, argv, 3, "0"), NULL, 0);

	return answer(finit(open_file(argv[1]), word(argc, argv, 2, ""), flags));
}

static int do_finit_hex(int argc, char **argv)
{
	(void)argc;
	return answer(finit(open_file(argv[1]), from_hex(argv[2]).data, 0));
}

static int do_finit_fd(int argc, char **argv)
{
	(void)argc;
	return answer(finit(atoi(argv[1]), "", 0));
}

static int do_finit_socket(int argc, char **argv)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)argc;
	(void)argv;
	if (fd < 0)
		die("socket");
	return answer(finit(fd, "", 0));
}

static int do_finit_unreadable(int argc, char **argv)
{
	(void)argc;
	return answer(finit(open_file(argv[1]), UNREADABLE, 0));
}

static void write_all(int fd, struct bytes bytes)
{
	if (write(fd, bytes.data, bytes.size) != (ssize_t)bytes.size)
		die("write");
}

static int do_finit_memfd(int argc, char **argv)
{
	int fd = memfd_create("act", MFD_CLOEXEC);

	if (fd < 0)
		die("memfd_create");
	write_all(fd, read_file(argv[1]));
	return answer(finit(fd, word(argc, argv, 2, ""), 0));
}

/* The copy is opened anew for reading: the kernel refuses a file that someone has open for writing. */
static int do_finit_unlinked(int argc, char **argv)
{
	const char *path = word(argc, argv, 2, "/tmp/unlinked.ko");
	int copy = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int fd;

	if (copy < 0)
		die(path);
	write_all(copy, read_file(argv[1]));
	close(copy);
	fd = open_file(path);
	unlink(path);
	return answer(finit(fd, "", 0));
}

static int do_init(int argc, char **argv)
{
	struct bytes image = read_file(argv[1]);

	return answer(syscall(SYS_init_module, image.data, image.size, word(argc, argv, 2, "")));
}

static int do_init_unreadable(int argc, char **argv)
{
	unsigned long size = strtoul(word(argc, argv, 1, "4096"), NULL, 0);

	return answer(syscall(SYS_init_module, UNREADABLE, size, ""));
}

static int do_delete(int argc, char **argv)
{
	return answer(syscall(SYS_delete_module, argv[1], strtoul(word(argc, argv, 2, "0"), NULL, 0)));
}

static int do_delete_hex(int argc, char **argv)
{
	(void)argc;
	return answer(syscall(SYS_delete_module, from_hex(argv[1]).data, 0));
}

struct loader {
	pthread_t thread;
	const char *path, *params;
	pthread_barrier_t *start;
	long ret;
	int error;
	int tid;
};

static void *load_in_thread(void *argument)
{
	struct loader *loader = argument;
	int fd = open_file(loader->path);

	/* not to be preempted in the midst of a probe: that has a case of its own, load-preempted */
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param) { .sched_priority = 1 }))
		die("sched_setscheduler");
	loader->tid = gettid();
	pthread_barrier_wait(loader->start);
	loader->ret = finit(fd, loader->params, 0);
	loader->error = errno;
	return NULL;
}

static int run_threads(const char *path, const char *params, int count, int name_them)
{
	struct loader *loaders = calloc(count, sizeof(*loaders));
	pthread_barrier_t start;

	pthread_barrier_init(&start, NULL, count);
	for (int i = 0; i < count; i++) {
		loaders[i].path = path;
		loaders[i].params = params;
		loaders[i].start = &start;
		if (pthread_create(&loaders[i].thread, NULL, load_in_thread, &loaders[i]))
			die("pthread_create");
	}
	for (int i = 0; i < count; i++) {
		pthread_join(loaders[i].thread, NULL);
		errno = loaders[i].error;
		answer(loaders[i].ret);
		if (name_them)
			printf("tid=%d\npid=%d\n", loaders[i].tid, getpid());
	}
	free(loaders);
	return 0;
}

static int do_thread(int argc, char **argv)
{
	(void)argc;
	return run_threads(argv[1], "", 1, 1);
}

static int do_threads(int argc, char **argv)
{
	return run_threads(argv[1], word(argc, argv, 3, ""), atoi(argv[2]), 0);
}

/* Refused calls, as many as there is time for; whoever else wants the CPU comes first. */
static int do_flood(int argc, char **argv)
{
	time_t end = time(NULL) + atoi(argv[1]);
	long calls = 0;

	(void)argc;
	if (sched_setscheduler(0, SCHED_IDLE, &(struct sched_param) { 0 }))
		die("sched_setscheduler");
	for (; time(NULL) < end; calls++)
		finit(-1, "", 0);
	printf("%ld\n", calls);
	return 0;
}

static int do_loop(int argc, char **argv)
{
	int fd = open_file(argv[1]);
	int count = atoi(argv[3]);

	(void)argc;
	for (int i = 0; i < count; i++) {
		long ret = finit(fd, "", 0);

		if (!ret)
			ret = syscall(SYS_delete_module, argv[2], O_NONBLOCK);
		if (ret)
			return answer(ret);
	}
	return answer(count);
}

static void rewrite(const char *path, struct bytes bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		die(path);
	write_all(fd, bytes);
	close(fd);
}

/* Each time the file is opened while it holds one module, and holds the other when the kernel reads it. */
static int do_swap(int argc, char **argv)
{
	struct bytes images[2] = { read_file(argv[1]), read_file(argv[3]) };
	const char *names[2] = { argv[2], argv[4] };
	int count = atoi(argv[6]);

	(void)argc;
	for (int i = 0; i < count; i++) {
		int fd;
		long ret;

		rewrite(argv[5], images[i % 2]);
		fd = open_file(argv[5]);
		rewrite(argv[5], images[(i + 1) % 2]);
		ret = finit(fd, "", 0);
		close(fd);
		if (!ret)
			ret = syscall(SYS_delete_module, names[(i + 1) % 2], O_NONBLOCK);
		if (ret)
			return answer(ret);
	}
	return answer(count);
}

struct writer {
	struct bytes images[2];
	const char *path;
	volatile int over;
};

static void *write_over_and_over(void *argument)
{
	struct writer *writer = argument;

	for (int i = 0; !writer->over; i++) {
		int fd = open(writer->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		if (fd >= 0) { /* else it is being read */
			write_all(fd, writer->images[i % 2]);
			close(fd);
		}
		usleep(i % 7 * 100);
	}
	return NULL;
}

/* Another thread writes the file meanwhile. Many a load is refused, as the file is open for writing, or half written.
 */
static int do_race(int argc, char **argv)
{
	struct writer writer = { { read_file(argv[1]), read_file(argv[3]) }, argv[5], 0 };
	int count = atoi(argv[6]);
	pthread_t thread;

	(void)argc;
	rewrite(argv[5], writer.images[0]);
	if (pthread_create(&thread, NULL, write_over_and_over, &writer))
		die("pthread_create");
	for (int loads = 0; loads < count;) {
		int fd = open_file(argv[5]);
		int loaded = !finit(fd, "", 0);

		close(fd);
		loads += loaded;
		if (loaded && syscall(SYS_delete_module, argv[2], O_NONBLOCK))
			syscall(SYS_delete_module, argv[4], O_NONBLOCK);
		usleep(loads % 5 * 100);
	}
	writer.over = 1;
	pthread_join(thread, NULL);
	return answer(count);
}

/* Joining a group of a subsystem that is not there makes the kernel ask for it, and not wait. */
static int do_netlink(int argc, char **argv)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, atoi(argv[1]));
	int group = atoi(argv[2]);

	(void)argc;
	if (fd < 0)
		die("socket");
	return answer(setsockopt(fd, 270 /* SOL_NETLINK */, 1 /* NETLINK_ADD_MEMBERSHIP */, &group, sizeof(group)));
}

static int do_socket(int argc, char **argv)
{
	int type = atoi(word(argc, argv, 2, "3")); /* SOCK_RAW */
	int fd = socket(atoi(argv[1]), type, atoi(word(argc, argv, 3, "0")));

	return answer(fd < 0 ? -1 : 0);
}

const struct act load_acts[] = {
	{ "finit", "FILE [PARAMS [FLAGS]]: finit_module", 1, do_finit },
	{ "finit-hex", "FILE PARAMS-IN-HEX", 2, do_finit_hex },
	{ "finit-fd", "NUMBER: with this file descriptor", 1, do_finit_fd },
	{ "finit-socket", ": of a socket", 0, do_finit_socket },
	{ "finit-badparam-ptr", "FILE: the parameters' pointer cannot be read", 1, do_finit_unreadable },
	{ "finit-memfd", "FILE [PARAMS]: from a memfd with the file's bytes", 1, do_finit_memfd },
	{ "finit-unlinked", "FILE [COPY]: from a copy that has no name any more", 1, do_finit_unlinked },
	{ "init", "FILE [PARAMS]: init_module from memory", 1, do_init },
	{ "init-badimage-ptr", "[SIZE]: the image's pointer cannot be read", 0, do_init_unreadable },
	{ "delete", "NAME [FLAGS]: delete_module (O_NONBLOCK is 04000, O_TRUNC 01000)", 1, do_delete },
	{ "delete-hex", "NAME-IN-HEX", 1, do_delete_hex },
	{ "thread", "FILE: by a thread that is not the main one; prints tid= and pid=", 1, do_thread },
	{ "flood", "SECONDS: finit_module(-1) over and over", 1, do_flood },
	{ "threads", "FILE N [PARAMS]: by N threads at once", 2, do_threads },
	{ "loop", "FILE NAME N: N loads and unloads", 3, do_loop },
	{ "swap", "FILE1 NAME1 FILE2 NAME2 COPY N: loads COPY, which changes between open and load", 6, do_swap },
	{ "race", "FILE1 NAME1 FILE2 NAME2 COPY N: N loads of COPY while another thread writes it", 6, do_race },
	{ "netlink", "PROTOCOL GROUP: joins the group", 2, do_netlink },
	{ "socket", "FAMILY [TYPE [PROTOCOL]]: may make the kernel load a module", 1, do_socket },
	{ 0 },
};
