/* SPDX-License-Identifier: BSD-2-Clause */
/* What else there is to say of a load: from where, and what is unusual about it. */
#ifndef KMODWATCH_MARKS_H
#define KMODWATCH_MARKS_H

#include "names.h"
#include "phrase.h"

/* ", from PATH", the path in so many columns less the words around it, if that can be. */
void marks_add_source(struct phrase *phrase, const struct source_part *source, size_t columns);
/* How many columns it takes at least. */
size_t marks_source_columns(const struct event *event);

/* "; unsigned, out-of-tree; requested by ..." */
void marks_add(struct phrase *phrase, const struct event *event, struct names *names);

#endif
