// SPDX-License-Identifier: BSD-2-Clause
#include "sink.h"
#include "../log.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { GIVE_UP_SECONDS = 2, FULL_RETRY_MS = 500 };

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
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
		case ENOSPC:
		case EDQUOT:
			if (told++ == 0)
				log_line(
				    "stdout cannot be written (%s): waiting for room; free some, nothing is lost while "
				    "the kernel's buffer lasts",
				    strerror(errno));
			poll(NULL, 0, FULL_RETRY_MS);
			break;
		default:
			return -errno;
		}
	}
	return 0;
}
