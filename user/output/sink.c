// SPDX-License-Identifier: BSD-2-Clause
#include "sink.h"
#include "../cleanup.h"
#include "../log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { GIVE_UP_SECONDS = 2, RETRY_MS = 500 };

static long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

void sink_open(struct sink *sink, int fd, const volatile int *stopping)
{
	*sink = (struct sink) { .stopping = stopping };
	outlet_open(&sink->outlet, fd);
}

void sink_close(struct sink *sink)
{
	outlet_close(&sink->outlet);
}

/* A file's disk may come back. A terminal that was hung up says EIO too, and does not. */
static bool is_file(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISREG(st.st_mode);
}

static void tell_waiting(int err)
{
	if (err == EIO)
		log_line("stdout cannot be written (%s): trying again. Check the disk: nothing is lost until the "
			 "kernel's buffer is full",
			 strerror(err));
	else
		log_line("stdout cannot be written (%s): waiting for room. Free some: nothing is lost until the "
			 "kernel's buffer is full",
			 strerror(err));
}

static int await_room(int fd)
{
	return poll(&(struct pollfd) { .fd = fd, .events = POLLOUT }, 1, RETRY_MS);
}

/* With what is begun there is no way but on, unless the process ends. */
bool sink_is_over(const struct sink *sink, bool begun, struct patience *patience)
{
	int stopping = *sink->stopping;

	if (sink->meanwhile)
		sink->meanwhile(sink->ctx);
	if (!stopping || (stopping == SIGHUP && sink->resumes && begun))
		return false;
	if (!patience->give_up)
		patience->give_up = now() + GIVE_UP_SECONDS;
	return now() >= patience->give_up;
}

/* After outlet_put() has failed with err. Returns 0: try again. */
static int wait_for_room(const struct sink *sink, int err, bool *told)
{
	switch (err) {
	case EINTR:
		return 0;
	case EAGAIN:
		await_room(sink->outlet.fd);
		return 0;
	case EIO:
		if (!is_file(sink->outlet.fd))
			return -EPIPE;
		/* fall through */
	case ENOSPC:
	case EDQUOT:
		if (sink->gives_up)
			return -err;
		if (!*told)
			tell_waiting(err);
		*told = true;
		poll(NULL, 0, RETRY_MS);
		return 0;
	default:
		return -err;
	}
}

int sink_write(struct sink *sink, const char *line, size_t size)
{
	struct patience patience = { 0 };
	bool told = false;
	size_t done = 0;
	int err = 0;

	while (!err && done < size) {
		ssize_t n = outlet_put(&sink->outlet, line + done, size - done, RETRY_MS);
		int failure = errno;

		if (n >= 0)
			done += (size_t)n;
		else if (sink_is_over(sink, done, &patience))
			err = -ECANCELED;
		else
			err = wait_for_room(sink, failure, &told);
	}
	sink->cut = err && done;
	return err;
}

/* Whether the byte before the place where the next one goes is known, and ends no line. */
static bool is_within_line(int fd)
{
	_cleanup_(closep) int again = outlet_open_anew(fd, O_RDONLY);
	bool appends = fcntl(fd, F_GETFL) & O_APPEND;
	off_t at = lseek(fd, 0, appends ? SEEK_END : SEEK_CUR);
	char last;

	return again >= 0 && at > 0 && pread(again, &last, 1, at - 1) == 1 && last != '\n';
}

int sink_end_cut(struct sink *sink, bool cut)
{
	if (sink->outlet.fd < 0)
		return 0;
	if (is_file(sink->outlet.fd))
		cut = is_within_line(sink->outlet.fd);
	return cut ? sink_write(sink, "\n", 1) : 0;
}
