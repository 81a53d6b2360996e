// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is to be done waits in a list of the loop's, and goes to the thread as a whole when that has nothing else to do:
 * no list is ever in the hands of both.
 */
#include "capture.h"
#include "../cleanup.h"
#include "../clock.h"
#include "../errand.h"
#include "../folder.h"
#include "../log.h"
#include "image_folder.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * Of memory, for bytes that the disk has not taken: as much as one image may have. The ends of images need little, and
 * are the last that is left out: then a part stays until the next start.
 */
enum { BYTES_MAX = 64 << 20, ENDS_MAX = 1 << 20 };

enum { LOOK_MS = 100, LAST_WAIT_MS = 2000 };

struct job {
	struct job *next;
	enum { JOB_WRITE, JOB_KEEP, JOB_DROP } kind;
	int slot, result;
	struct image_part image;	 /* of JOB_KEEP and JOB_DROP */
	char hash[HASH_TEXT_SIZE];	 /* of JOB_KEEP */
	const struct image_chunk *chunk; /* of JOB_WRITE: behind the job, with as many bytes as it has */
};

struct jobs {
	struct job *first, *last;
	size_t bytes;
};

struct capture {
	const char *path;
	struct image_folder *folder; /* the thread's, once that has been made */
	uint64_t max, lost;
	int told;	/* the error that was logged last */
	uint64_t due;	/* ns since boot: when to look whether the thread is done */
	bool abandoned; /* the disk does not answer: the folder and working are the thread's for good */
	struct errand *errand;
	struct jobs waiting, working;
	bool lacks[IMAGES_MAX]; /* a chunk was left out */
};

static void complain(struct capture *capture, int err)
{
	capture->lost++;
	if (capture->told != err)
		log_line("a module is not captured in %s: %s", capture->path,
			 err == -ENOBUFS ? "the disk does not keep up, and 64 MiB wait for it already"
					 : folder_error(-err));
	capture->told = err;
}

static int work(void *ctx)
{
	struct capture *capture = ctx;

	for (struct job *job = capture->working.first; job; job = job->next) {
		if (job->kind == JOB_WRITE)
			image_folder_write(capture->folder, job->slot, job->chunk);
		else if (job->kind == JOB_KEEP)
			job->result = image_folder_keep(capture->folder, job->slot, &job->image, job->hash);
		else
			image_folder_drop(capture->folder, job->slot, &job->image);
	}
	return 0;
}

static void free_jobs(struct jobs *jobs)
{
	for (struct job *job = jobs->first, *next; job; job = next) {
		next = job->next;
		free(job);
	}
	*jobs = (struct jobs) { 0 };
}

/* The thread is done with it. */
static void collect(struct capture *capture)
{
	for (const struct job *job = capture->working.first; job; job = job->next) {
		if (job->kind != JOB_KEEP)
			continue;
		if (job->result)
			complain(capture, job->result);
		else
			capture->told = 0;
	}
	free_jobs(&capture->working);
}

/* Hands on what waits, unless the thread is busy. */
static void advance(struct capture *capture)
{
	capture->due = clock_boot_ns() + ms(LOOK_MS);
	if (capture->abandoned || errand_is_busy(capture->errand))
		return;
	collect(capture);
	if (!capture->waiting.first)
		return;
	capture->working = capture->waiting;
	capture->waiting = (struct jobs) { 0 };
	if (errand_run(&capture->errand, work, capture, 0) != -EINPROGRESS)
		collect(capture);
}

static size_t chunk_size(const struct job *job)
{
	return job->chunk ? offsetof(struct image_chunk, bytes) + job->chunk->size : 0;
}

static void append(struct jobs *jobs, struct job *job)
{
	if (jobs->first)
		jobs->last->next = job;
	else
		jobs->first = job;
	jobs->last = job;
	jobs->bytes += sizeof(*job) + chunk_size(job);
}

/* Returns whether there is room for a copy. */
static bool add(struct capture *capture, const struct job *wanted)
{
	size_t bytes = chunk_size(wanted), size = sizeof(struct job) + bytes;
	size_t limit = bytes ? BYTES_MAX : BYTES_MAX + ENDS_MAX;
	struct job *job;

	if (capture->abandoned || capture->waiting.bytes + capture->working.bytes + size > limit)
		return false;
	job = malloc(size);
	if (!job)
		return false;
	*job = *wanted;
	if (bytes)
		job->chunk = memcpy(job + 1, wanted->chunk, bytes);
	append(&capture->waiting, job);
	advance(capture);
	return true;
}

static bool is_of_same(const struct image_chunk *one, const struct image_chunk *other)
{
	return one->attempt_time == other->attempt_time && one->attempt_cpu == other->attempt_cpu &&
	       one->tid == other->tid;
}

/* An image that is not going to be whole takes no other's room. */
static void forget_chunks(struct jobs *jobs, const struct image_chunk *chunk)
{
	struct jobs kept = { 0 };

	for (struct job *job = jobs->first, *next; job; job = next) {
		next = job->next;
		job->next = NULL;
		if (job->kind == JOB_WRITE && is_of_same(job->chunk, chunk))
			free(job);
		else
			append(&kept, job);
	}
	*jobs = kept;
}

void capture_write(struct capture *capture, int slot, const struct image_chunk *chunk)
{
	const struct job job = { .kind = JOB_WRITE, .slot = slot, .chunk = chunk };

	if (!capture)
		return;
	if (chunk->offset == 0)
		capture->lacks[slot] = false;
	if (capture->lacks[slot] || chunk->image_size > capture->max) /* that would be for nothing */
		return;
	if (add(capture, &job))
		return;
	capture->lacks[slot] = true;
	forget_chunks(&capture->waiting, chunk);
}

static struct job end_of(int kind, int slot, const struct image *image)
{
	return (struct job) {
		.kind = kind,
		.slot = slot,
		.image = { .time = image->time, .cpu = image->cpu, .tid = image->tid, .size = image->size },
	};
}

void capture_keep(struct capture *capture, int slot, const struct image *image, const char *hash)
{
	struct job job;
	int err = 0;

	if (!capture)
		return;
	job = end_of(JOB_KEEP, slot, image);
	memcpy(job.hash, hash, sizeof(job.hash));
	if (image->size > capture->max)
		err = -EFBIG;
	else if (capture->lacks[slot] || !add(capture, &job))
		err = -ENOBUFS;
	if (!err)
		return;
	complain(capture, err);
	capture_drop(capture, slot, image);
}

void capture_drop(struct capture *capture, int slot, const struct image *image)
{
	struct job job;

	if (!capture)
		return;
	job = end_of(JOB_DROP, slot, image);
	capture->lacks[slot] = false;
	add(capture, &job);
}

void capture_sweep(struct capture *capture, const struct image *open)
{
	if (capture)
		image_folder_sweep(capture->folder, open);
}

uint64_t capture_lost(const struct capture *capture)
{
	return capture ? capture->lost : 0;
}

int capture_due_ms(const struct capture *capture, uint64_t now)
{
	if (!capture || capture->abandoned || (!capture->working.first && !capture->waiting.first))
		return -1;
	return ms_until(capture->due, now);
}

void capture_tend(struct capture *capture)
{
	if (capture)
		advance(capture);
}

static uint64_t count_kept(const struct jobs *jobs)
{
	uint64_t count = 0;

	for (const struct job *job = jobs->first; job; job = job->next)
		count += job->kind == JOB_KEEP;
	return count;
}

void capture_finish(struct capture *capture)
{
	if (!capture || capture->abandoned)
		return;
	for (int i = 0; i < 2; i++) { /* what the thread has, and then what waits */
		if (!errand_end(&capture->errand, LAST_WAIT_MS)) {
			capture->abandoned = true;
			capture->lost += count_kept(&capture->working) + count_kept(&capture->waiting);
			log_line(
			    "modules that were to be captured in %s may be missing there: the disk does not answer",
			    capture->path);
			return;
		}
		advance(capture);
	}
}

/* Of the folder: what an option names wrongly stays so, all else may pass. */
static bool is_wrong(int err)
{
	return err == -EPERM || err == -ENOTDIR || err == -ENAMETOOLONG;
}

int capture_new(const char *folder, uint64_t max, struct capture **out)
{
	_cleanup_(capture_freep) struct capture *capture = calloc(1, sizeof(*capture));
	const char *why;
	int err;

	if (!capture)
		return -ENOMEM;
	capture->path = folder;
	capture->max = max;
	err = image_folder_new(folder, max, &capture->folder);
	if (err)
		return err;
	err = image_folder_open(capture->folder, &why);
	if (err)
		log_line("modules cannot be captured in %s: %s", folder, why);
	if (is_wrong(err))
		return err;
	capture->told = err;
	*out = TAKE_PTR(capture);
	return 0;
}

/* What still goes on keeps what it uses: the process ends, and it with that. */
void capture_freep(struct capture **capture)
{
	struct capture *one = *capture;

	*capture = NULL;
	capture_finish(one);
	if (!one || one->abandoned)
		return;
	image_folder_freep(&one->folder);
	free(one);
}
