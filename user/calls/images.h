/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes that the kernel was handed as modules: they come in chunks over a ring of their own, and are hashed as they
 * come. What is known of an image lies in the memory that outlives the monitor, so that a kill in its midst costs
 * nothing.
 */
#ifndef KMODWATCH_IMAGES_H
#define KMODWATCH_IMAGES_H

#include "../../bpf/records.h"
#include "../output/event.h"

#include <openssl/sha.h>
#include <stdbool.h>

struct attempts;
struct capture;
struct images;
struct handover;
struct ring;

/* A call keeps its image from the read to the return, so who loads modules can keep that many open; of one more there
 * is no hash, and its line says so. */
enum { IMAGES_MAX = 1024, HASH_TEXT_SIZE = 2 * SHA256_DIGEST_LENGTH + 1 };

/*
 * An image of which the first bytes have come. The hash goes on from one of two states to the other, so that whatever
 * moment a kill comes at, progress names a state that is whole. Hence SHA256_CTX, which OpenSSL deprecates: a state
 * behind EVP's interface is not ours to keep.
 */
struct image {
	uint32_t used;
	uint32_t tid;
	uint64_t time; /* of the attempt's first record, with cpu */
	uint32_t cpu;
	uint32_t broken; /* a chunk is missing */
	uint64_t size;
	uint64_t progress; /* bytes hashed * 2 + the index of their state */
	SHA256_CTX states[2];
};

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
