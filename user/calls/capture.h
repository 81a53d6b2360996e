/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images on their way to a folder. A thread writes them, so that no event waits for a disk; what the disk does not take
 * waits in memory, up to a limit, above which an image is not kept. What goes wrong is logged and counted, and stops
 * nothing.
 */
#ifndef KMODWATCH_CAPTURE_H
#define KMODWATCH_CAPTURE_H

#include "../../bpf/records.h"

#include <stdint.h>

struct capture;
struct image;

/*
 * folder and max: as image_folder_new()'s; folder must live as long. *out: capture_freep(), which finishes it first.
 * Returns 0, or a negative errno after having logged why: that the folder cannot be used now (its disk is full, or
 * read-only) is logged too, but is no error, since that can change.
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

/* In how many ms capture_tend() has something to do; -1: nothing. now: ns since boot. */
int capture_due_ms(const struct capture *capture, uint64_t now);
/* Looks what has become of the images, and hands on what waits. */
void capture_tend(struct capture *capture);
/* Waits until all is done, for some seconds at most: what is not done by then counts as lost. */
void capture_finish(struct capture *capture);

/* How many whole images could not be kept, as far as is known. */
uint64_t capture_lost(const struct capture *capture);

#endif
