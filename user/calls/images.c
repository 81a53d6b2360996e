// SPDX-License-Identifier: BSD-2-Clause
#define OPENSSL_SUPPRESS_DEPRECATED
#include "images.h"
#include "../cleanup.h"
#include "../output/text.h"
#include "attempts.h"
#include "capture.h"
#include "../handover.h"
#include "ring.h"

#include <errno.h>
#include <string.h>

struct images {
	struct image *open; /* IMAGES_MAX, in the memory */
	struct ring ring;
	bool wanted;
	int reach; /* those under way have a lower index */
	struct capture *capture;
};

static uint64_t hashed(const struct image *image)
{
	return image->progress >> 1;
}

static struct image *find(const struct images *images, uint32_t tid, uint64_t time, uint32_t cpu)
{
	for (int i = 0; i < images->reach; i++) {
		struct image *image = &images->open[i];

		if (image->used && image->tid == tid && image->time == time && image->cpu == cpu)
			return image;
	}
	return NULL;
}

static int slot_of(const struct images *images, const struct image *image)
{
	return (int)(image - images->open);
}

static void begin(struct image *image, const struct image_chunk *chunk)
{
	*image = (struct image) {
		.tid = chunk->tid,
		.time = chunk->attempt_time,
		.cpu = chunk->attempt_cpu,
		.size = chunk->image_size,
	};
	SHA256_Init(&image->states[0]);
	__atomic_store_n(&image->used, 1, __ATOMIC_RELEASE);
}

/* NULL: there are too many at once. */
static struct image *free_slot(const struct images *images)
{
	for (int i = 0; i < IMAGES_MAX; i++)
		if (!images->open[i].used)
			return &images->open[i];
	return NULL;
}

/* NULL: there are too many at once, or its beginning is missing. */
static struct image *image_of(struct images *images, const struct image_chunk *chunk)
{
	struct image *image = find(images, chunk->tid, chunk->attempt_time, chunk->attempt_cpu);

	if (image || chunk->offset)
		return image;
	image = free_slot(images);
	if (!image)
		return NULL;
	if (images->reach <= slot_of(images, image))
		images->reach = slot_of(images, image) + 1;
	begin(image, chunk);
	return image;
}

static void hash(struct image *image, const struct image_chunk *chunk)
{
	unsigned int now = image->progress & 1, next = !now;

	image->states[next] = image->states[now];
	SHA256_Update(&image->states[next], chunk->bytes, chunk->size);
	__atomic_store_n(&image->progress, (hashed(image) + chunk->size) << 1 | next, __ATOMIC_RELEASE);
}

static void take(struct images *images, const struct image_chunk *chunk)
{
	struct image *image;

	if (chunk->size > IMAGE_CHUNK) /* somebody else wrote into the ring */
		return;
	image = image_of(images, chunk);
	if (!image || image->broken)
		return;
	if (chunk->offset > hashed(image) || !chunk->size || chunk->image_size != image->size) {
		image->broken = 1;
		return;
	}
	capture_write(images->capture, slot_of(images, image), chunk);
	if (chunk->offset == hashed(image)) /* else it was hashed before a kill */
		hash(image, chunk);
}

/*
 * A chunk is written by the thread whose image it is a part of, and nothing of that call comes after it before it is
 * whole. So one that is not yet holds nobody up but its own call.
 */
int images_drain(struct images *images, uint64_t until)
{
	struct ring *ring = &images->ring;
	uint64_t end = ring_end(ring);

	ring_check(ring);
	for (;;) {
		struct ring_entry entry;
		enum ring_state state = ring_next(ring, &entry);

		if (state == RING_EMPTY || entry.at >= end)
			return 0;
		if (state == RING_BUSY) {
			if (!ring_skip(ring, &entry))
				return -EAGAIN;
			continue;
		}
		if (entry.size == sizeof(struct image_chunk)) {
			if (entry.at >= ring->place.next &&
			    ((const struct image_chunk *)entry.bytes)->attempt_time > until)
				return 0;
			take(images, entry.bytes);
		}
		ring_take(ring, &entry);
	}
}

static bool is_whole(const struct image *image)
{
	return !image->broken && hashed(image) == image->size;
}

static void hash_text(const struct image *image, char *text)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256_CTX state = image->states[image->progress & 1];

	SHA256_Final(digest, &state);
	format_hex(digest, sizeof(digest), text);
	text[2 * sizeof(digest)] = '\0';
}

/* Why an image is not whole. */
static const char *why_not(const struct image *image, const struct call *call)
{
	switch (call->image) {
	case IMAGE_TOO_BIG:
		return "it is larger than --image-limit";
	case IMAGE_RING_FULL:
		return "the image ring was full";
	case IMAGE_UNREADABLE:
		return "the kernel's copy could not be read";
	case IMAGE_SENDING:
	case IMAGE_STOPPED:
		return "the kernel side stopped midway";
	case IMAGE_NONE:
		return "the kernel skipped the probe";
	}
	if (!image)
		return "its beginning was not seen, or too many modules were loaded at once";
	return image->broken ? "a part of it was not seen" : "its end was not seen";
}

void images_describe(const struct images *images, const struct record_header *header, const struct call *call,
		     char *text, struct source_part *part)
{
	const struct image *image;

	if (!images)
		return;
	image = find(images, header->tid, header->attempt_time, header->attempt_cpu);
	/* a module without a read: the program on the read was skipped */
	if (call->image == IMAGE_NONE && (!images->wanted || call->read_done || !call->module_seen))
		return;
	if (call->image == IMAGE_SENT && image && is_whole(image)) {
		hash_text(image, text);
		part->sha256 = text_of(text);
		part->complete = number_of(true);
	} else {
		part->complete = number_of(false);
		part->reason = text_of(why_not(image, call));
	}
}

static void close_image(struct images *images, struct image *image)
{
	char text[HASH_TEXT_SIZE];

	if (images->capture && is_whole(image)) {
		hash_text(image, text);
		capture_keep(images->capture, slot_of(images, image), image, text);
	} else {
		capture_drop(images->capture, slot_of(images, image), image);
	}
	__atomic_store_n(&image->used, 0, __ATOMIC_RELEASE);
}

void images_close(struct images *images, const struct record_header *header)
{
	struct image *image = images ? find(images, header->tid, header->attempt_time, header->attempt_cpu) : NULL;

	if (image)
		close_image(images, image);
}

void images_prune(struct images *images, const struct attempts *attempts)
{
	int reach = 0;

	for (int i = 0; i < images->reach; i++) {
		struct image *image = &images->open[i];
		struct record_header header = {
			.tid = image->tid,
			.attempt_time = image->time,
			.attempt_cpu = image->cpu,
		};

		if (image->used && !attempts_find(attempts, &header))
			close_image(images, image);
		if (image->used)
			reach = i + 1;
	}
	images->reach = reach;
}

struct ring *images_ring(struct images *images)
{
	return &images->ring;
}

int images_new(struct handover *handover, int ring, size_t ring_size, bool wanted, struct capture *capture,
	       struct images **out)
{
	_cleanup_(images_freep) struct images *images = calloc(1, sizeof(*images));
	int err;

	if (!images)
		return -ENOMEM;
	err = ring_map(&images->ring, ring, ring_size);
	if (err)
		return err;
	ring_follow(&images->ring, &handover->places[PLACE_IMAGES]);
	images->open = handover->images;
	images->wanted = wanted;
	images->reach = IMAGES_MAX; /* an earlier monitor's */
	images->capture = capture;
	capture_sweep(capture, images->open);
	*out = TAKE_PTR(images);
	return 0;
}

void images_freep(struct images **images)
{
	if (!*images)
		return;
	ring_unmap(&(*images)->ring);
	free(*images);
	*images = NULL;
}
