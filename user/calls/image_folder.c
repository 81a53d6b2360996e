// SPDX-License-Identifier: BSD-2-Clause
#define OPENSSL_SUPPRESS_DEPRECATED
#include "image_folder.h"
#include "../cleanup.h"
#include "../folder.h"
#include "../output/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_SIZE = 80 };

struct image_folder {
	const char *path;
	int fd; /* -1: not open yet */
	uint64_t max;
	struct {
		int fd; /* of the unfinished file; -1: none */
		int error;
		uint64_t written; /* by us, from the first byte on */
	} slots[IMAGES_MAX];
};

/* Names the attempt, so that a monitor that takes over finds its file again; and us, for the folder may be anybody's.
 */
static void part_name(char name[static NAME_SIZE], uint64_t time, uint32_t cpu, uint32_t tid)
{
	snprintf(name, NAME_SIZE, ".kmodwatch-%llx-%x-%x.part", (unsigned long long)time, cpu, tid);
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

static void close_slot(struct image_folder *folder, int slot)
{
	closep(&folder->slots[slot].fd);
	folder->slots[slot].fd = -1;
}

static int open_part(const struct image_folder *folder, const char *part, int flags)
{
	return openat(folder->fd, part, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags, 0600);
}

int image_folder_open(struct image_folder *folder, const char **why)
{
	_cleanup_(closep) int fd = -1;
	int err;

	if (folder->fd >= 0)
		return 0;
	fd = folder_open_ours(folder->path, why);
	err = fd < 0 ? fd : folder_may_write(fd, why);
	if (!err)
		folder->fd = take_fd(&fd);
	return err;
}

void image_folder_write(struct image_folder *folder, int slot, const struct image_chunk *chunk)
{
	char name[NAME_SIZE];
	const char *why;

	if (chunk->offset == 0) {
		close_slot(folder, slot);
		folder->slots[slot].error = -image_folder_open(folder, &why);
		folder->slots[slot].written = 0;
	}
	if (folder->slots[slot].error) /* that would be for nothing */
		return;
	if (folder->slots[slot].fd < 0) {
		part_name(name, chunk->attempt_time, chunk->attempt_cpu, chunk->tid);
		folder->slots[slot].fd = open_part(folder, name, chunk->offset ? 0 : O_CREAT);
		if (folder->slots[slot].fd < 0) {
			folder->slots[slot].error = errno;
			return;
		}
	}
	folder->slots[slot].error = write_at(folder->slots[slot].fd, chunk->bytes, chunk->size, chunk->offset);
	if (chunk->offset == folder->slots[slot].written)
		folder->slots[slot].written += chunk->size;
	if (chunk->offset + chunk->size >= chunk->image_size) /* many calls may be waiting for their end */
		close_slot(folder, slot);
}

static bool is_image_name(const char *name)
{
	size_t digits = strspn(name, "0123456789abcdef");

	return digits == HASH_TEXT_SIZE - 1 && !strcmp(name + digits, ".ko");
}

/* What all images have together, and the oldest of them; -errno. */
static int survey(const struct image_folder *folder, uint64_t *total, char oldest[static NAME_SIZE])
{
	int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct timespec first = { 0 };
	struct dirent *entry;

	if (!list) {
		closep(&fd);
		return -errno;
	}
	*total = 0;
	oldest[0] = '\0';
	while ((entry = readdir(list))) {
		struct stat st;

		if (!is_image_name(entry->d_name) || fstatat(folder->fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode))
			continue;
		*total += st.st_size;
		if (!oldest[0] || st.st_mtim.tv_sec < first.tv_sec ||
		    (st.st_mtim.tv_sec == first.tv_sec && st.st_mtim.tv_nsec < first.tv_nsec)) {
			first = st.st_mtim;
			memcpy(oldest, entry->d_name, strlen(entry->d_name) + 1); /* its length is known */
		}
	}
	closedir(list);
	return 0;
}

/* Removes the oldest images until size more bytes are within the limit; none for what never can be. */
static int make_room(const struct image_folder *folder, uint64_t size)
{
	while (size <= folder->max) {
		char oldest[NAME_SIZE] = "";
		uint64_t total = 0;
		int err = survey(folder, &total, oldest);

		if (err || total + size <= folder->max)
			return err;
		if (unlinkat(folder->fd, oldest, 0))
			return -errno;
	}
	return -EFBIG;
}

/* Gives the part its name. An image that is there already is there once. */
static int settle(const struct image_folder *folder, int fd, const char *part, const char *name, uint64_t size)
{
	struct stat st;
	int err;

	if (!fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) && (uint64_t)st.st_size == size)
		return unlinkat(folder->fd, part, 0) ? -errno : 0;
	err = make_room(folder, size);
	if (err)
		return err;
	if (fsync(fd) || renameat(folder->fd, part, folder->fd, name) || fsync(folder->fd))
		return -errno;
	return 0;
}

/* Whether these are the bytes that were hashed: an earlier monitor may have been killed before it wrote them all. */
static bool has_hash(int fd, const char *hash)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char bytes[16384], text[HASH_TEXT_SIZE] = "";
	SHA256_CTX state;
	off_t at = 0;
	ssize_t n;

	SHA256_Init(&state);
	while ((n = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		SHA256_Update(&state, bytes, (size_t)n);
		at += n;
	}
	SHA256_Final(digest, &state);
	format_hex(digest, sizeof(digest), text);
	return n == 0 && !strcmp(text, hash);
}

int image_folder_keep(struct image_folder *folder, int slot, const struct image_part *image, const char *hash)
{
	char part[NAME_SIZE], name[NAME_SIZE];
	struct stat st = { 0 };
	int err = -folder->slots[slot].error;

	part_name(part, image->time, image->cpu, image->tid);
	snprintf(name, sizeof(name), "%s.ko", hash);
	if (!err && folder->slots[slot].fd < 0) /* all of it was written, here or by an earlier monitor */
		folder->slots[slot].fd = open_part(folder, part, 0);
	if (!err && (folder->slots[slot].fd < 0 || fstat(folder->slots[slot].fd, &st)))
		err = -errno;
	if (!err && ((uint64_t)st.st_size != image->size ||
		     (folder->slots[slot].written != image->size && !has_hash(folder->slots[slot].fd, hash))))
		err = -ENODATA;
	if (!err)
		err = settle(folder, folder->slots[slot].fd, part, name, image->size);
	image_folder_drop(folder, slot, image);
	return err;
}

void image_folder_drop(struct image_folder *folder, int slot, const struct image_part *image)
{
	char part[NAME_SIZE];

	close_slot(folder, slot);
	folder->slots[slot].error = 0;
	folder->slots[slot].written = 0;
	part_name(part, image->time, image->cpu, image->tid);
	unlinkat(folder->fd, part, 0);
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

void image_folder_sweep(struct image_folder *folder, const struct image *open)
{
	int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!list) {
		closep(&fd);
		return;
	}
	while ((entry = readdir(list)))
		if (is_part_name(entry->d_name) && !is_going_on(open, entry->d_name))
			unlinkat(folder->fd, entry->d_name, 0);
	closedir(list);
}

int image_folder_new(const char *path, uint64_t max, struct image_folder **out)
{
	struct image_folder *folder = calloc(1, sizeof(*folder));

	if (!folder)
		return -ENOMEM;
	for (int i = 0; i < IMAGES_MAX; i++)
		folder->slots[i].fd = -1;
	folder->path = path;
	folder->fd = -1;
	folder->max = max;
	*out = folder;
	return 0;
}

void image_folder_freep(struct image_folder **folder)
{
	if (!*folder)
		return;
	for (int i = 0; i < IMAGES_MAX; i++)
		closep(&(*folder)->slots[i].fd);
	closep(&(*folder)->fd);
	free(*folder);
	*folder = NULL;
}
