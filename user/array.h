/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays that grow. */
#ifndef KMODWATCH_ARRAY_H
#define KMODWATCH_ARRAY_H

#include <errno.h>
#include <stdlib.h>

/* For array_reserve(). Returns the array at its new place; NULL: no memory, and all is as it was. */
static inline void *array_grown(void *items, size_t *room, size_t wanted, size_t size)
{
	size_t more = wanted < 8 ? 16 : wanted * 2;
	void *grown = reallocarray(items, more, size);

	if (grown)
		*room = more;
	return grown;
}

/*
 * Sees to it that `items` (a variable; from malloc(), or NULL) has room for `wanted`, and then for as many again, so
 * that adding one after another stays cheap. Returns 0, or -ENOMEM and all is as it was.
 */
#define array_reserve(items, room, wanted)                                                                \
	({                                                                                                \
		int reserved_ = 0;                                                                        \
		if ((wanted) > (room)) {                                                                  \
			void *grown_ = array_grown(items, &(room), wanted, sizeof(__typeof__(*(items)))); \
			if (grown_)                                                                       \
				(items) = grown_;                                                         \
			else                                                                              \
				reserved_ = -ENOMEM;                                                      \
		}                                                                                         \
		reserved_;                                                                                \
	})

#endif
