/* SPDX-License-Identifier: BSD-2-Clause */
/* An event in one sentence, for people: what journalctl shows. All of it is in the fields too. */
#ifndef KMODWATCH_SENTENCE_H
#define KMODWATCH_SENTENCE_H

#include "event.h"

enum { SENTENCE_SIZE = 640 };

/* Printable ASCII only: what is not is shown as `?`. */
void sentence_of(const struct event *event, char sentence[static SENTENCE_SIZE]);

#endif
