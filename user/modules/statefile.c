// SPDX-License-Identifier: BSD-2-Clause
#include "statefile.h"
#include "../cleanup.h"
#include "../folder.h"
#include "../trusted.h"
#include "stateline.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { SIZE_MAX_MIB = 64 }; /* of a file that is read */

const char statefile_name[] = "kmodwatch-modules";
static const char new_name[] = "kmodwatch-modules.new", former_name[] = "modules";

void statefile_init(struct statefile *file, const char *path)
{
	*file = (struct statefile) { .path = path, .folder = -1, .file = -1 };
}

static void forget_fd(int *fd)
{
	closep(fd);
	*fd = -1;
}

void statefile_close(struct statefile *file)
{
	forget_fd(&file->file);
	forget_fd(&file->folder);
	statefile_set(file, NULL, 0);
}

void statefile_set(struct statefile *file, char *bytes, size_t size)
{
	free(file->bytes);
	file->bytes = bytes;
	file->size = size;
}

static int fail(struct statefile *file, int err, const char *failed, const char *why)
{
	file->failed = failed;
	file->why = why;
	file->of_file = !strcmp(failed, "read");
	return -err;
}

static int fail_foreign(struct statefile *file)
{
	fail(file, EEXIST, "kept",
	     "what stands there is not a list of kmodwatch's, so it is left alone: remove it, or name "
	     "another folder");
	file->of_file = true;
	return -EEXIST;
}

int statefile_open(struct statefile *file)
{
	const char *why = NULL;

	if (file->folder >= 0)
		return 0;
	file->folder = folder_open_ours(file->path, &why);
	if (file->folder < 0)
		return fail(file, -file->folder, "kept", why);
	if (!flock(file->folder, LOCK_EX | LOCK_NB))
		return 0;
	fail(file, errno, "kept",
	     errno == EWOULDBLOCK ? "another kmodwatch keeps its own there: name another folder" : strerror(errno));
	forget_fd(&file->folder);
	return -EBUSY;
}

/* Whether the plain file of that name begins like a list of ours, or is empty; -ENOENT: there is nothing of that name.
 */
static int is_ours(const struct statefile *file, const char *name)
{
	_cleanup_(closep) int fd =
	    openat(file->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char bytes[sizeof(STATE_HEAD) - 1];
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	return !st.st_size || (pread(fd, bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes) &&
			       !memcmp(bytes, STATE_HEAD, sizeof(bytes)));
}

/* One of an earlier version has another name, which can be anybody's. */
static const char *name_to_read(struct statefile *file)
{
	file->old_name = is_ours(file, statefile_name) == -ENOENT && is_ours(file, former_name) == true;
	return file->old_name ? former_name : statefile_name;
}

int statefile_read(struct statefile *file, FILE **out)
{
	const char *name = name_to_read(file), *why = NULL;
	_cleanup_(closep) int fd = trusted_open(file->folder, name, &why);
	struct stat st;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return fail(file, -fd, "read", why);
	if (fstat(fd, &st))
		return fail(file, errno, "read", strerror(errno));
	if (st.st_size > SIZE_MAX_MIB * 1048576ll)
		return fail(file, EFBIG, "read", "it is larger than any list that kmodwatch writes");
	if (is_ours(file, name) != true)
		return fail_foreign(file);
	if (!st.st_size)
		return -ENOENT;
	*out = fdopen(fd, "r");
	if (!*out)
		return fail(file, errno, "read", strerror(errno));
	take_fd(&fd); /* the stream has it */
	return 0;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			size -= n;
		}
	}
	return 0;
}

/* What stands under the new file's name was left over by us. */
static int write_new(struct statefile *file)
{
	_cleanup_(closep) int fd = -1;
	int err;

	if (unlinkat(file->folder, new_name, 0) && errno != ENOENT)
		return -errno;
	fd = openat(file->folder, new_name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, file->bytes, file->size);
	if (!err && renameat(file->folder, new_name, file->folder, statefile_name))
		err = -errno;
	if (err) {
		unlinkat(file->folder, new_name, 0);
		return err;
	}
	forget_fd(&file->file);
	file->file = take_fd(&fd);
	return 0;
}

int statefile_replace(struct statefile *file)
{
	int err = statefile_open(file);

	if (err)
		return err;
	if (!is_ours(file, statefile_name))
		return fail_foreign(file);
	err = write_new(file);
	if (err) {
		forget_fd(&file->folder); /* another may be in its place by now, as when a disk is mounted there */
		return fail(file, -err, "kept", folder_error(-err));
	}
	if (file->old_name && is_ours(file, former_name) == true)
		unlinkat(file->folder, former_name, 0);
	file->old_name = false;
	return 0;
}

/* Whether the file that is open is still the one of that name. */
static bool is_in_place(const struct statefile *file)
{
	struct stat ours, there;

	return !fstat(file->file, &ours) && !fstatat(file->folder, statefile_name, &there, AT_SYMLINK_NOFOLLOW) &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

int statefile_append(struct statefile *file)
{
	ssize_t n;
	int err;

	if (file->file < 0)
		return -ESTALE;
	do
		n = write(file->file, file->bytes, file->size);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)file->size)
		return 0;
	err = n < 0 ? errno : ENOSPC;
	if (is_ours(file, statefile_name) == true)
		unlinkat(file->folder, statefile_name, 0);
	forget_fd(&file->file);
	return fail(file, err, "kept", strerror(err));
}

int statefile_look(struct statefile *file)
{
	struct stat there;

	if (file->file < 0 || (is_in_place(file) && !fstat(file->folder, &there) && there.st_nlink))
		return 0;
	statefile_close(file);
	return -ESTALE;
}
