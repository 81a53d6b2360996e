// SPDX-License-Identifier: BSD-2-Clause
#include "capture.h"
#include "../cleanup.h"
#include "../log.h"
#include "../folder.h"
#include "../handover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_SIZE = 80 };

struct capture {
	const char *path;
	int folder;
	uint64_t max, lost;
	int told; /* the error that was logged last */
	struct {
		int fd; /* of the unfinished file; -1: none */
		int error;
	} slots[IMAGES_MAX];
};

/* Names the attempt, so that a monitor that takes over finds its file again; and us, for the folder may be anybody's.
 */
static void part_name(char name[static NAME_SIZE], uint64_t time, uint32_t cpu, uint32_t tid)
{
	snprintf(name, NAME_SIZE, ".kmodwatch-%llx-%x-%x.part", (unsigned long long)time, cpu, tid);
}

static void complain(struct capture *capture, int err)
{
	capture->lost++;
	if (capture->told != err)
		log_line("a module is not captured in %s: %s", capture->path, strerror(err));
	capture->told = err;
}

static int write_at(int fd, const unsigned char *bytes, size_t size, uint64_t offset)
{
	while (size) {
		ssize_t n = pwrite(fd, bytes, size, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : ENOSPC;
		bytes += n;
		offset += n;
		size -= n;
	}
	return 0;
}

void capture_write(struct capture *capture, int slot, const struct image_chunk *chunk)
{
	char name[NAME_SIZE];

	if (!capture)
		return;
	if (chunk->offset == 0) {
		closep(&capture->slots[slot].fd);
		capture->slots[slot].fd = -1;
		capture->slots[slot].error = 0;
	}
	if (capture->slots[slot].error || chunk->image_size > capture->max) /* that would be for nothing */
		return;
	if (capture->slots[slot].fd < 0) {
		part_name(name, chunk->attempt_time, chunk->attempt_cpu, chunk->tid);
		capture->slots[slot].fd =
		    openat(capture->folder, name,
			   O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (chunk->offset ? 0 : O_CREAT), 0600);
		if (capture->slots[slot].fd < 0) {
			capture->slots[slot].error = errno;
			return;
		}
	}
	capture->slots[slot].error = write_at(capture->slots[slot].fd, chunk->bytes, chunk->size, chunk->offset);
	if (chunk->offset + chunk->size >= chunk->image_size) { /* many calls may be waiting for their end */
		closep(&capture->slots[slot].fd);
		capture->slots[slot].fd = -1;
	}
}

static bool is_image_name(const char *name)
{
	size_t digits = strspn(name, "0123456789abcdef");

	return digits == HASH_TEXT_SIZE - 1 && !strcmp(name + digits, ".ko");
}

/* What all images have together, and the oldest of them; -errno. */
static int survey(const struct capture *capture, uint64_t *total, char oldest[static NAME_SIZE])
{
	int fd = openat(capture->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct timespec first = { 0 };
	struct dirent *entry;

	if (!folder) {
		closep(&fd);
		return -errno;
	}
	*total = 0;
	oldest[0] = '\0';
	while ((entry = readdir(folder))) {
		struct stat st;

		if (!is_image_name(entry->d_name) ||
		    fstatat(capture->folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		*total += st.st_size;
		if (!oldest[0] || st.st_mtim.tv_sec < first.tv_sec ||
		    (st.st_mtim.tv_sec == first.tv_sec && st.st_mtim.tv_nsec < first.tv_nsec)) {
			first = st.st_mtim;
			memcpy(oldest, entry->d_name, strlen(entry->d_name) + 1); /* its length is known */
		}
	}
	closedir(folder);
	return 0;
}

/* Removes the oldest images until size more bytes are within the limit; none for what never can be. */
static int make_room(const struct capture *capture, uint64_t size)
{
	while (size <= capture->max) {
		char oldest[NAME_SIZE] = "";
		uint64_t total = 0;
		int err = survey(capture, &total, oldest);

		if (err || total + size <= capture->max)
			return err;
		if (unlinkat(capture->folder, oldest, 0))
			return -errno;
	}
	return -EFBIG;
}

/* Gives the part its name. An image that is there already is there once. */
static int settle(const struct capture *capture, int fd, const char *part, const char *name, uint64_t size)
{
	struct stat st;
	int err;

	if (!fstatat(capture->folder, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == size)
		return unlinkat(capture->folder, part, 0) ? -errno : 0;
	err = make_room(capture, size);
	if (err)
		return err;
	if (fsync(fd) || renameat(capture->folder, part, capture->folder, name) || fsync(capture->folder))
		return -errno;
	return 0;
}

void capture_keep(struct capture *capture, int slot, const struct image *image, const char *hash)
{
	char part[NAME_SIZE], name[NAME_SIZE];
	struct stat st = { 0 };
	int err;

	if (!capture)
		return;
	part_name(part, image->time, image->cpu, image->tid);
	snprintf(name, sizeof(name), "%s.ko", hash);
	if (capture->slots[slot].fd < 0 &&
	    !capture->slots[slot].error) /* all of it was written, here or by an earlier monitor */
		capture->slots[slot].fd = openat(capture->folder, part, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	err = image->size > capture->max ? -EFBIG : -capture->slots[slot].error;
	if (!err && (capture->slots[slot].fd < 0 || fstat(capture->slots[slot].fd, &st)))
		err = -errno;
	if (!err && (uint64_t)st.st_size != image->size)
		err = -ENODATA;
	if (!err)
		err = settle(capture, capture->slots[slot].fd, part, name, image->size);
	if (err)
		complain(capture, -err);
	else
		capture->told = 0;
	capture_drop(capture, slot, image);
}

void capture_drop(struct capture *capture, int slot, const struct image *image)
{
	char part[NAME_SIZE];

	if (!capture)
		return;
	closep(&capture->slots[slot].fd);
	capture->slots[slot].fd = -1;
	capture->slots[slot].error = 0;
	part_name(part, image->time, image->cpu, image->tid);
	unlinkat(capture->folder, part, 0);
}

static bool is_going_on(const struct image *open, const char *name)
{
	char part[NAME_SIZE];

	for (int i = 0; i < IMAGES_MAX; i++) {
		part_name(part, open[i].time, open[i].cpu, open[i].tid);
		if (open[i].used && !strcmp(part, name))
			return true;
	}
	return false;
}

/* Exactly as part_name() makes it: everything else in the folder is another's. */
static bool is_part_name(const char *name)
{
	unsigned long long time;
	char again[NAME_SIZE];
	uint32_t cpu, tid;

	if (sscanf(name, ".kmodwatch-%llx-%x-%x.part", &time, &cpu, &tid) != 3)
		return false;
	part_name(again, time, cpu, tid);
	return !strcmp(name, again);
}

void capture_sweep(struct capture *capture, const struct image *open)
{
	int fd = capture ? openat(capture->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		closep(&fd);
		return;
	}
	while ((entry = readdir(folder)))
		if (is_part_name(entry->d_name) && !is_going_on(open, entry->d_name))
			unlinkat(capture->folder, entry->d_name, 0);
	closedir(folder);
}

uint64_t capture_lost(const struct capture *capture)
{
	return capture ? capture->lost : 0;
}

int capture_new(const char *folder, uint64_t max, struct capture **out)
{
	_cleanup_(capture_freep) struct capture *capture = calloc(1, sizeof(*capture));
	const char *why;

	if (!capture)
		return -ENOMEM;
	for (int i = 0; i < IMAGES_MAX; i++)
		capture->slots[i].fd = -1;
	capture->path = folder;
	capture->max = max;
	capture->folder = folder_open_ours(folder, &why);
	if (capture->folder < 0) {
		log_line("modules cannot be captured in %s: %s", folder, why);
		return capture->folder;
	}
	*out = TAKE_PTR(capture);
	return 0;
}

void capture_freep(struct capture **capture)
{
	if (!*capture)
		return;
	for (int i = 0; i < IMAGES_MAX; i++)
		closep(&(*capture)->slots[i].fd);
	closep(&(*capture)->folder);
	free(*capture);
	*capture = NULL;
}
