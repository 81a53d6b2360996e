/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of an event that nobody in particular caused: of the monitor, of what it found and what it missed. */
#ifndef KMODWATCH_NOTES_H
#define KMODWATCH_NOTES_H

#include "names.h"
#include "phrase.h"

/* Goes on behind the name, where the kind has one; else it is a sentence. */
void notes_add(struct phrase *phrase, const struct event *event, struct names *names);

#endif
