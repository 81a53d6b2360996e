// SPDX-License-Identifier: BSD-2-Clause
// Acts that stay: callers in the midst of the call, and one who leaves a CPU to nobody.
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Memory that the kernel waits for when it reads it, for ever. */
static void *unanswered_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .range.len = 4096, .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (fd < 0 || page == MAP_FAILED || ioctl(fd, UFFDIO_API, &api))
		die("userfaultfd");
	range.range.start = (unsigned long)page;
	if (ioctl(fd, UFFDIO_REGISTER, &range))
		die("UFFDIO_REGISTER");
	return page;
}

static void *call_and_stay(void *page)
{
	syscall(SYS_init_module, page, 4096, "");
	return NULL;
}

static struct bytes image;

static void *read_and_stay(void *page)
{
	syscall(SYS_init_module, image.data, image.size, page);
	return NULL;
}

static void begin_threads(int count, void *(*run)(void *))
{
	void *page = unanswered_page();
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 16384);
	for (int i = 0; i < count; i++)
		if (pthread_create(&thread, &attributes, run, page))
			die("pthread_create");
	usleep(500000 + count * 200);
	puts("stuck");
	fflush(stdout);
}

/* Prints a line when all have begun. Then it ends by itself, the callers with it; or waits to be killed. */
static int do_stuck(int argc, char **argv)
{
	int stays = argc > 2 && !strcmp(argv[2], "stay");

	begin_threads(atoi(argv[1]), call_and_stay);
	while (stays)
		pause();
	syscall(SYS_exit_group, 0);
	return 0;
}

/* The same with calls whose image was read, and whose parameters never will be. Waits to be killed. */
static int do_stuck_after(int argc, char **argv)
{
	(void)argc;
	image = read_file(argv[2]);
	begin_threads(atoi(argv[1]), read_and_stay);
	pause();
	return 0;
}

/* Nothing else runs on that CPU meanwhile, as far as the scheduler is told so. */
static int do_hog(int argc, char **argv)
{
	struct timespec now;
	cpu_set_t cpu;
	time_t end;

	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[1]), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) ||
	    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param) { .sched_priority = 50 }))
		die("hog");
	while (argc > 3 && !access(argv[3], F_OK))
		usleep(200);
	clock_gettime(CLOCK_MONOTONIC, &now);
	for (end = now.tv_sec + atoi(argv[2]) + 1; now.tv_sec < end;)
		clock_gettime(CLOCK_MONOTONIC, &now);
	return 0;
}

/* Only when that CPU has nothing better to do. */
static int do_idle(int argc, char **argv)
{
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[1]), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) || sched_setscheduler(0, SCHED_IDLE, &(struct sched_param) { 0 }))
		die("idle");
	return dispatch(argc - 2, argv + 2);
}

const struct act stuck_acts[] = {
	{ "stuck", "N [stay]: N threads in the midst of init_module, ended by exit_group()", 1, do_stuck },
	{ "stuck-after", "N FILE: N threads in init_module, after the file's bytes were read; waits to be killed", 2,
	  do_stuck_after },
	{ "hog", "CPU SECONDS [PATH]: keeps that CPU from all that is not real-time, once PATH is gone", 2, do_hog },
	{ "idle", "CPU ACT...: on that CPU, when nothing else wants it", 2, do_idle },
	{ 0 },
};
