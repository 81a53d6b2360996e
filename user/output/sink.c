// SPDX-License-Identifier: BSD-2-Clause
#include "sink.h"
#include "../log.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { GIVE_UP_SECONDS = 2, FULL_RETRY_MS = 500 };

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
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

int sink_write(struct sink *sink, const char *line, size_t size)
{
	time_t give_up = 0;
	int told = 0;

	while (size > 0) {
		ssize_t n = write(sink->fd, line, size);

		if (n >= 0) {
			line += n;
			size -= n;
			continue;
		}
		if (*sink->stopping) {
			if (!give_up)
				give_up = now() + GIVE_UP_SECONDS;
			else if (now() >= give_up)
				return -ECANCELED;
		}
		switch (errno) {
		case EINTR:
			break;
		case EAGAIN:
			poll(&(struct pollfd) { .fd = sink->fd, .events = POLLOUT }, 1, FULL_RETRY_MS);
			break;
		case EIO:
			if (!is_file(sink->fd))
				return -EPIPE;
			/* fall through */
		case ENOSPC:
		case EDQUOT:
			if (told++ == 0)
				tell_waiting(errno);
			poll(NULL, 0, FULL_RETRY_MS);
			break;
		default:
			return -errno;
		}
	}
	return 0;
}
