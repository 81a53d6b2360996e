// SPDX-License-Identifier: BSD-2-Clause
#include "hostile.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

enum { OTHER_USER = 12345 };

int hostile_setup(void **state)
{
	struct hostile *hostile = calloc(1, sizeof(*hostile));

	*state = hostile;
	if (!hostile)
		return -1;
	strcpy(hostile->folder, "/tmp/kmodwatch-hostile-XXXXXX");
	if (!mkdtemp(hostile->folder) || chmod(hostile->folder, 0755))
		return -1;
	snprintf(hostile->path, sizeof(hostile->path), "%s/it", hostile->folder);
	snprintf(hostile->elsewhere, sizeof(hostile->elsewhere), "%s/elsewhere", hostile->folder);
	return 0;
}

int hostile_teardown(void **state)
{
	struct hostile *hostile = *state;
	char command[80];

	snprintf(command, sizeof(command), "rm -r %s", hostile->folder);
	free(hostile);
	return system(command) ? -1 : 0;
}

void hostile_put(const char *path, const char *bytes)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(bytes, f);
	fclose(f);
	assert_int_equal(chmod(path, 0644), 0);
}

int hostile_run(struct hostile *hostile, int (*open)(const char *path))
{
	int saved = dup(STDERR_FILENO), memory = memfd_create("stderr", 0), result;
	ssize_t size;

	fflush(stderr);
	assert_true(saved >= 0 && memory >= 0 && dup2(memory, STDERR_FILENO) >= 0);
	alarm(60); /* for who waits for ever, and not for a busy machine */
	result = open(hostile->path);
	alarm(0);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	size = pread(memory, hostile->said, sizeof(hostile->said) - 1, 0);
	hostile->said[size < 0 ? 0 : size] = '\0';
	close(saved);
	close(memory);
	return result;
}

/* --- the things; each returns false where it cannot be made here --- */

static bool put_link(const struct hostile *hostile, const char *bytes)
{
	hostile_put(hostile->elsewhere, bytes);
	return !symlink("elsewhere", hostile->path);
}

/* Not even to find out that there is nothing. */
static bool put_dangling_link(const struct hostile *hostile, const char *bytes)
{
	unlink(hostile->elsewhere);
	return !symlink("elsewhere", hostile->path);
}

static bool put_fifo(const struct hostile *hostile, const char *bytes)
{
	return !mkfifo(hostile->path, 0600);
}

static bool put_socket(const struct hostile *hostile, const char *bytes)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), err;

	memcpy(address.sun_path, hostile->path, strlen(hostile->path) + 1);
	err = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	close(fd);
	return !err;
}

static bool put_device(const struct hostile *hostile, const char *bytes)
{
	return !mknod(hostile->path, S_IFCHR | 0600, makedev(1, 3)); /* null */
}

static bool put_folder(const struct hostile *hostile, const char *bytes)
{
	return !mkdir(hostile->path, 0700);
}

static bool put_foreign(const struct hostile *hostile, const char *bytes)
{
	hostile_put(hostile->path, bytes);
	return !chown(hostile->path, OTHER_USER, OTHER_USER);
}

static bool put_group_writable(const struct hostile *hostile, const char *bytes)
{
	hostile_put(hostile->path, bytes);
	return !chmod(hostile->path, 0620);
}

static bool put_world_writable(const struct hostile *hostile, const char *bytes)
{
	hostile_put(hostile->path, bytes);
	return !chmod(hostile->path, 0602);
}

static void assert_refused(struct hostile *hostile, const char *what, const char *why, int (*open)(const char *path))
{
	int result = hostile_run(hostile, open);

	if (!result)
		fail_msg("%s is not refused", what);
	if (!strstr(hostile->said, hostile->path) || !strstr(hostile->said, why) ||
	    strchr(hostile->said, '\n') != hostile->said + strlen(hostile->said) - 1)
		fail_msg("%s: said: %s", what, hostile->said);
}

void assert_refuses_all(struct hostile *hostile, const char *bytes, int (*open)(const char *path))
{
	static const struct {
		const char *what, *why;
		bool (*put)(const struct hostile *hostile, const char *bytes);
	} things[] = {
		{ "a link", "it is a symbolic link, which is not followed: ", put_link },
		{ "a link to nothing", "it is a symbolic link, which is not followed: ", put_dangling_link },
		{ "a fifo", "it is not a plain file: ", put_fifo },
		{ "a socket", "it is not a plain file: ", put_socket },
		{ "a device", "it is not a plain file: ", put_device },
		{ "a folder", "it is a folder, not a plain file: ", put_folder },
		{ "another user's file", "it belongs to another user, so it is not trusted: ", put_foreign },
		{ "a group's file", "others may write to it, so it is not trusted: ", put_group_writable },
		{ "everybody's file", "others may write to it, so it is not trusted: ", put_world_writable },
	};

	hostile_put(hostile->path, bytes);
	if (hostile_run(hostile, open))
		fail_msg("a file as it should be: %s", hostile->said);
	for (size_t i = 0; i < COUNT(things); i++) {
		assert_int_equal(remove(hostile->path), 0);
		if (things[i].put(hostile, bytes))
			assert_refused(hostile, things[i].what, things[i].why, open);
		else if (!geteuid())
			fail_msg("%s cannot be made", things[i].what);
		else
			hostile_put(hostile->path, bytes);
	}
	remove(hostile->path);
}

void assert_refuses_folders(struct hostile *hostile, const char *bytes, int (*open)(const char *path))
{
	static const char others[] = "others may write to the folder around it";

	for (int there = 1; there >= 0; there--) {
		if (there)
			hostile_put(hostile->path, bytes);
		else
			unlink(hostile->path);
		assert_int_equal(chmod(hostile->folder, 0757), 0);
		assert_refused(hostile, "everybody's folder", others, open);
		assert_int_equal(chmod(hostile->folder, 0775), 0);
		assert_refused(hostile, "a group's folder", others, open);
		assert_int_equal(chmod(hostile->folder, 01777), 0);
		if (hostile_run(hostile, open))
			fail_msg("a sticky folder: %s", hostile->said);
		if (!geteuid()) {
			assert_int_equal(chown(hostile->folder, OTHER_USER, OTHER_USER), 0);
			assert_refused(hostile, "another user's folder", "the folder around it belongs to another user",
				       open);
			assert_int_equal(chown(hostile->folder, 0, 0), 0);
		}
		assert_int_equal(chmod(hostile->folder, 0755), 0);
		if (hostile_run(hostile, open))
			fail_msg("a folder as it should be: %s", hostile->said);
	}
}
