/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes that the kernel was handed as modules: they come in chunks over a ring of their own, and are hashed as they
 * come. What is known of an image lies in the memory that outlives the monitor, so that a kill in its midst costs
 * nothing.
 */
#ifndef KMODWATCH_IMAGES_H
#define KMODWATCH_IMAGES_H

#include "../handover.h"
#include "../output/event.h"

#include <stdbool.h>

struct attempts;
struct capture;
struct images;
struct ring;

/*
 * ring: the image ring's descriptor and size; wanted: images are sent. capture: where they are kept, NULL: nowhere.
 * memory and capture are not owned. *out: images_freep(). Returns 0 or a negative errno.
 */
int images_new(struct handover *handover, int ring, size_t ring_size, bool wanted, struct capture *capture,
	       struct images **out);
void images_freep(struct images **images);

/* The ring, to poll and to look after. */
struct ring *images_ring(struct images *images);
/*
 * Takes the chunks of attempts that began until the moment (ns since boot), as far as they were there when it was
 * called. What a call's records refer to came before them, and its attempt began before: so nothing more is taken than
 * they need, and what waits in the rings can be any number of calls. Returns 0, or -EAGAIN where too many chunks are
 * being written: try again.
 */
int images_drain(struct images *images, uint64_t until);

/* images may be NULL in the two below: then nothing is known of any. */

/*
 * Says in the part what is known of the bytes that the call was about, once it is over: sha256 and complete, or why
 * not; nothing where no image was wanted, or none was read. text: at least HASH_TEXT_SIZE, to live as long as the part.
 */
void images_describe(const struct images *images, const struct record_header *header, const struct call *call,
		     char *text, struct source_part *part);
/* The call's line is written: its image is captured, or forgotten. */
void images_close(struct images *images, const struct record_header *header);
/* Forgets images of calls that are over: a kill can come between a line and its image's end. */
void images_prune(struct images *images, const struct attempts *attempts);

#endif
