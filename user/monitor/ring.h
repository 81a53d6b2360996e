/* SPDX-License-Identifier: BSD-2-Clause */
/* The two rings as one stream of records, in the order in which they happened. */
#ifndef KMODWATCH_RING_H
#define KMODWATCH_RING_H

#include <stddef.h>

struct bpf_map;
struct ring;

/* Takes one record (8-byte aligned, valid during the call). Returns 0, or a negative errno that ends the draining. */
typedef int (*record_fn)(void *ctx, const void *bytes, size_t size);

/* matters and refused stay the caller's. *out is the caller's to free with ring_freep(). Returns 0 or a negative
 * errno. */
int ring_new(const struct bpf_map *matters, const struct bpf_map *refused, record_fn take, void *ctx,
	     struct ring **out);
void ring_freep(struct ring **ring);

/*
 * Waits until there is something in a ring, *watch_fd (-1: none) has an error or a hang-up, wake_fd (-1: none) can be
 * read, a signal came or timeout_ms (-1: never) is over, and hands over what is there. Returns 0, -EINTR after a
 * signal, -EPIPE for watch_fd, take's error, or another negative errno.
 */
int ring_wait(struct ring *ring, int watch_fd, int wake_fd, int timeout_ms);

/* Hands over all that is there, without waiting. Returns 0 or a negative errno as above. */
int ring_drain(struct ring *ring);

#endif
