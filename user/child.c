// SPDX-License-Identifier: BSD-2-Clause
#include "child.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* What is more cannot be meant. */
enum { SIZE_LIMIT = 16 << 20, REAP_TRIES = 100 };

/* The last byte: all before it was written. */
static const char whole = 'w';

int child_write(int fd, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Linux 5.9 has it, glibc as a function only since 2.34. */
static int close_from(int fd)
{
#ifdef SYS_close_range
	return (int)syscall(SYS_close_range, fd, ~0U, 0);
#else
	(void)fd;
	return -1;
#endif
}

/*
 * Stdin and stdout lead nowhere, fd becomes the third besides stderr, and the rest are closed: the lock of the pins and
 * what is attached must not outlive the monitor. A signal to the whole group is for the monitor, which ends the child.
 */
static int become_child(int fd, pid_t parent)
{
	enum { FD = 3 };
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGTERM, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(fd, FD) < 0)
		_exit(1);
	if (close_from(FD + 1))
		for (int i = FD + 1; i < (int)sysconf(_SC_OPEN_MAX); i++)
			close(i);
	return FD;
}

/* Without waiting: one in the midst of a dead mount cannot be killed. */
static void reap(struct child *child)
{
	pid_t pid;

	if (!child->pid)
		return;
	do
		pid = waitpid(child->pid, NULL, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid)
		child->pid = 0;
}

/* One that is over, or was killed, is soon gone. */
static void await_end(struct child *child)
{
	static const struct timespec soon = { .tv_nsec = 1000000 };

	reap(child);
	for (int i = 0; child->pid && i < REAP_TRIES; i++) {
		nanosleep(&soon, NULL);
		reap(child);
	}
}

int child_start(struct child *child, child_fn run, void *ctx, uint64_t deadline)
{
	_cleanup_(closep) int from = -1;
	_cleanup_(closep) int to = -1;
	pid_t parent = getpid(), pid;
	int fds[2];

	await_end(child);
	if (child->pid)
		return -EBUSY;
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	from = fds[0];
	to = fds[1];
	if (fcntl(from, F_SETFL, O_NONBLOCK))
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		int fd = become_child(to, parent);

		_exit(run(ctx, fd) || child_write(fd, &whole, 1));
	}
	free(child->bytes);
	*child = (struct child) { .pid = pid, .fd = take_fd(&from), .deadline = deadline };
	return 0;
}

bool child_is_busy(const struct child *child)
{
	return child->fd >= 0;
}

/* Nothing more is wanted of it. */
static int end(struct child *child, int result)
{
	if (result)
		kill(child->pid, SIGKILL);
	closep(&child->fd);
	child->fd = -1;
	reap(child);
	return result;
}

static int make_room(struct child *child)
{
	size_t room = child->room ? child->room * 2 : 65536;
	char *more;

	if (child->size < child->room)
		return 0;
	if (room > SIZE_LIMIT)
		return -ECHILD;
	more = realloc(child->bytes, room);
	if (!more)
		return -ENOMEM;
	child->bytes = more;
	child->room = room;
	return 0;
}

int child_take(struct child *child, uint64_t now)
{
	for (;;) {
		int err = make_room(child);
		ssize_t n;

		if (err)
			return end(child, err);
		n = read(child->fd, child->bytes + child->size, child->room - child->size);
		if (n > 0)
			child->size += (size_t)n;
		else if (n == 0)
			break;
		else if (errno == EAGAIN)
			return now >= child->deadline ? end(child, -ETIMEDOUT) : -EAGAIN;
		else if (errno != EINTR)
			return end(child, -errno);
	}
	if (!child->size || child->bytes[child->size - 1] != whole)
		return end(child, -ECHILD);
	child->size--;
	return end(child, 0);
}

void child_stop(struct child *child)
{
	if (child->fd >= 0)
		end(child, -ECANCELED);
	await_end(child);
	free(child->bytes);
	*child = CHILD_NONE;
}
