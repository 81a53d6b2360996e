// SPDX-License-Identifier: BSD-2-Clause
// act: does one bare act towards the kernel, by direct system calls, and prints the kernel's answer.
// It ends with 0 when the act was done, whatever the answer, and with 2 when it could not be done.
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct act *const families[] = { load_acts,  compat_acts, become_acts,   flood_acts,
					      stuck_acts, maps_acts,   terminal_acts, preempt_acts,
					      touch_acts, field_acts,  descend_acts };
enum { FAMILIES = sizeof(families) / sizeof(*families) };

void die(const char *what)
{
	fprintf(stderr, "act: %s: %s\n", what, strerror(errno));
	exit(2);
}

int answer(long ret)
{
	if (ret < 0)
		printf("-1 %s\n", strerrorname_np(errno) ?: "?");
	else
		printf("%ld\n", ret);
	fflush(stdout);
	return 0;
}

int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

struct bytes low_copy(const void *data, size_t size)
{
#ifdef __x86_64__
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT;
#else
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#endif
	void *low = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (low == MAP_FAILED)
		die("mmap");
	if (data)
		memcpy(low, data, size);
	return (struct bytes) { low, size };
}

struct bytes read_file(const char *path)
{
	int fd = open_file(path);
	struct stat st;
	struct bytes bytes;

	if (fstat(fd, &st))
		die(path);
	bytes = low_copy(NULL, st.st_size);
	for (size_t done = 0; done < bytes.size;) {
		ssize_t got = read(fd, (char *)bytes.data + done, bytes.size - done);

		if (got <= 0)
			die(path);
		done += got;
	}
	close(fd);
	return bytes;
}

struct bytes from_hex(const char *hex)
{
	struct bytes bytes = low_copy(NULL, strlen(hex) / 2);

	for (size_t at = 0; at < bytes.size; at++) {
		unsigned int byte;

		if (sscanf(hex + 2 * at, "%2x", &byte) != 1) {
			errno = EINVAL;
			die(hex);
		}
		((unsigned char *)bytes.data)[at] = byte;
	}
	return bytes;
}

static int usage(void)
{
	fprintf(stderr, "usage: act ACT...\n");
	for (int family = 0; family < FAMILIES; family++)
		for (const struct act *act = families[family]; act->name; act++)
			fprintf(stderr, "  %s %s\n", act->name, act->usage);
	return 2;
}

int dispatch(int argc, char **argv)
{
	if (argc < 1)
		return usage();
	for (int family = 0; family < FAMILIES; family++)
		for (const struct act *act = families[family]; act->name; act++)
			if (!strcmp(act->name, argv[0]) && argc > act->at_least)
				return act->run(argc, argv);
	return usage();
}

int main(int argc, char **argv)
{
	return dispatch(argc - 1, argv + 1);
}
