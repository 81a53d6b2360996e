// SPDX-License-Identifier: BSD-2-Clause
#include "outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINK_SIZE = 32 };

int outlet_open_anew(int fd, int flags)
{
	char link[LINK_SIZE];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return open(link, flags | O_NOCTTY | O_CLOEXEC);
}

/*
 * On the open file itself, which is everybody's who has it (stderr may be the same file, and a shell may write there
 * afterwards): opened anew, it would have a position of its own, and what the others write would lie over ours.
 */
void outlet_append(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && !(flags & O_APPEND))
		fcntl(fd, F_SETFL, flags | O_APPEND);
}

void outlet_open(struct outlet *outlet, int fd)
{
	struct stat st = { 0 };
	int own;

	*outlet = (struct outlet) { .fd = fd };
	if (fd < 0 || fstat(fd, &st))
		return;
	outlet->is_socket = S_ISSOCK(st.st_mode);
	if (S_ISREG(st.st_mode))
		outlet_append(fd);
	if (!S_ISFIFO(st.st_mode) && !isatty(fd))
		return;
	own = outlet_open_anew(fd, O_WRONLY | O_NONBLOCK);
	if (own >= 0) {
		outlet->fd = own;
		outlet->is_own = true;
	} else {
		outlet->may_block = !(fcntl(fd, F_GETFL) & O_NONBLOCK);
	}
}

void outlet_close(struct outlet *outlet)
{
	if (outlet->is_own)
		close(outlet->fd);
	*outlet = (struct outlet) { .fd = -1 };
}

ssize_t outlet_put(const struct outlet *outlet, const char *bytes, size_t size, int wait_ms)
{
	struct pollfd room = { .fd = outlet->fd, .events = POLLOUT };

	if (outlet->is_socket)
		return send(outlet->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!outlet->may_block)
		return write(outlet->fd, bytes, size);
	switch (poll(&room, 1, wait_ms)) {
	case 0:
		errno = EAGAIN;
		return -1;
	case -1:
		return -1;
	default:
		return write(outlet->fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
	}
}
