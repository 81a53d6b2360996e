/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether something else is mounted over a file, or over a folder on its path. */
#ifndef KMODWATCH_COVER_BPF_H
#define KMODWATCH_COVER_BPF_H

#include "path.bpf.h"

/* Says so in the walk's span; the walk was along a path of which the suspects were wanted. As path_walk(). */
int cover_look(__u32 slot, unextendable by);

/* add_path(), and whether something is mounted over it. */
static __always_inline void add_path_with_cover(struct workspace *ws, __u32 slot, struct span *span,
						const struct path *path)
{
	ws->walk.suspects_wanted = 1;
	add_path(ws, slot, span, path);
	ws->walk.suspects_wanted = 0;
	cover_look(slot, UNEXTENDABLE);
	*span = ws->walk.span;
}

#endif
