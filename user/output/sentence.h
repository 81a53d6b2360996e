/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of an event, for people, in pieces: the journal's MESSAGE is one sentence of them, a terminal's line has
 * them in columns. All of it is in the fields too.
 */
#ifndef KMODWATCH_SENTENCE_H
#define KMODWATCH_SENTENCE_H

#include "names.h"
#include "phrase.h"

/* What was done, in one or two words of at most 9 columns. */
const char *sentence_verb(const struct event *event);

/* What it was done to: a module, an alias, a tool, a probe. False: nothing was added, the event is about no such thing.
 */
bool sentence_name(struct phrase *phrase, const struct event *event);

/*
 * The rest: by whom, why it failed, from where, its marks, who asked; or what else there is to say. names: NULL shows
 * users by number. columns: where the phrase is to end, if that can be: paths and parameters are shortened for it.
 */
void sentence_rest(struct phrase *phrase, const struct event *event, struct names *names, size_t columns);

/* All in one sentence. */
void sentence_of(struct phrase *phrase, const struct event *event);

#endif
