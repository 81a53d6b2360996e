/* SPDX-License-Identifier: BSD-2-Clause */
/* Variables that clean up after themselves: `_cleanup_(fclosep) FILE *f = NULL;`. */
#ifndef KMODWATCH_CLEANUP_H
#define KMODWATCH_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

static inline void freep(void *p)
{
	free(*(void **)p);
}

static inline void fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Elements of an array whose size is known here. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* For handing a pointer on that would be freed otherwise: `*out = TAKE_PTR(made);`. */
#define TAKE_PTR(pointer)                               \
	({                                              \
		__typeof__(pointer) taken_ = (pointer); \
		(pointer) = NULL;                       \
		taken_;                                 \
	})

/* The same for a descriptor, which would be closed. */
static inline int take_fd(int *fd)
{
	int given = *fd;

	*fd = -1;
	return given;
}

#endif
