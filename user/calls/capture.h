/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The folder of captured images: each distinct one once, as HASH.ko. While an image comes it has a name that begins
 * with a dot; it gets its own when all of it is on the disk. What goes wrong there is logged and counted, and stops
 * nothing.
 */
#ifndef KMODWATCH_CAPTURE_H
#define KMODWATCH_CAPTURE_H

#include "../../bpf/records.h"

#include <stdint.h>

struct capture;
struct image;

/*
 * max: bytes that all images together may have, without those that are coming; the oldest go first, but for one that is
 * larger by itself none does. Refuses a folder that others may write to. *out:
 * capture_freep(). Returns 0, or a negative errno after having logged why.
 */
int capture_new(const char *folder, uint64_t max, struct capture **out);
void capture_freep(struct capture **capture);

/* Removes what an earlier monitor began and nobody goes on with. open: IMAGES_MAX of them; capture may be NULL. */
void capture_sweep(struct capture *capture, const struct image *open);

/* capture may be NULL in all of these. slot: of IMAGES_MAX, the image's own while it is open. */

/* A chunk has come, perhaps for the second time. */
void capture_write(struct capture *capture, int slot, const struct image_chunk *chunk);
/* All bytes are there, and have this hash. */
void capture_keep(struct capture *capture, int slot, const struct image *image, const char *hash);
/* The image is not going to be whole. */
void capture_drop(struct capture *capture, int slot, const struct image *image);

/* How many whole images could not be kept. */
uint64_t capture_lost(const struct capture *capture);

#endif
