/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A folder of images, each distinct one once, as HASH.ko. While an image comes it has a name that begins with a dot; it
 * gets its own when all of it is on the disk. All of this takes as long as the disk likes.
 */
#ifndef KMODWATCH_IMAGE_FOLDER_H
#define KMODWATCH_IMAGE_FOLDER_H

#include "../handover.h"

#include <stdint.h>

struct image_folder;

/* Whose image it is, which names its file until it is whole. */
struct image_part {
	uint64_t time; /* of the attempt's first record, with cpu */
	uint32_t cpu, tid;
	uint64_t size; /* of the whole image */
};

/*
 * max: bytes that all images together may have, without those that are coming; the oldest go first, but for one that is
 * larger by itself none does. path must live as long. *out: image_folder_freep(). Returns 0 or -ENOMEM.
 */
int image_folder_new(const char *path, uint64_t max, struct image_folder **out);
/*
 * Opens it, unless it is open: so does each image that comes. Refuses a folder that others may write to, and one that
 * cannot be written to. Returns 0, or a negative errno with *why.
 */
int image_folder_open(struct image_folder *folder, const char **why);
void image_folder_freep(struct image_folder **folder);

/* Removes what an earlier monitor began and nobody goes on with. open: IMAGES_MAX of them. */
void image_folder_sweep(struct image_folder *folder, const struct image *open);

/* slot: of IMAGES_MAX, the image's own while it is open. */

/* A chunk has come, perhaps for the second time. An error is told by image_folder_keep(). */
void image_folder_write(struct image_folder *folder, int slot, const struct image_chunk *chunk);
/* All bytes have come, and have this hash. Returns 0, or a negative errno where they are not kept. */
int image_folder_keep(struct image_folder *folder, int slot, const struct image_part *image, const char *hash);
/* The image is not going to be whole. */
void image_folder_drop(struct image_folder *folder, int slot, const struct image_part *image);

#endif
