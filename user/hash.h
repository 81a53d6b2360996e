/* SPDX-License-Identifier: BSD-2-Clause */
/* FNV-1a, 64 bits: tells things apart, where nobody gains from making two alike. */
#ifndef KMODWATCH_HASH_H
#define KMODWATCH_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of nothing. */
#define HASH_START 0xcbf29ce484222325

/* The hash of what `hash` is of, and then these bytes. */
static inline uint64_t hash_add(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *u = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ u[i]) * 0x100000001b3;
	return hash;
}

#endif
