/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text for people that is being put together: words of ours, and what others chose as tokens. A token has no space and
 * nothing that acts on a terminal or takes other than one column. It stands as it is where it is made of letters,
 * digits and a few marks that no words of ours are made with; anything else stands in quotes, "a\x20b", so that no
 * name can pass for another word, column or line.
 */
#ifndef KMODWATCH_PHRASE_H
#define KMODWATCH_PHRASE_H

#include "event.h"

struct phrase {
	bool utf8;	/* letters of Latin, Greek and Cyrillic are shown; else ASCII only */
	bool failed;	/* no memory: what follows is dropped */
	size_t columns; /* that it takes on a terminal */
	char *bytes;	/* no NUL at the end */
	size_t size, room;
};

/* Frees what the phrase owns; it is empty then, and ready for use. */
void phrase_clear(struct phrase *phrase);

/* Words of ours: printable ASCII. */
void phrase_add(struct phrase *phrase, const char *words);
void phrase_addf(struct phrase *phrase, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same of a text, which is no token. */
void phrase_ours(struct phrase *phrase, const struct text *words, const char *otherwise);

/* Bytes of ours that take no column. */
void phrase_control(struct phrase *phrase, const char *bytes);

/* Spaces until it takes so many columns. */
void phrase_pad(struct phrase *phrase, size_t columns);

/* Something of any bytes as one token. */
void phrase_token(struct phrase *phrase, const char *bytes, size_t size);

/* The same of a text; marked where it was cut; otherwise where it is not known. */
void phrase_text(struct phrase *phrase, const struct text *text, const char *otherwise);

/* A path that is known, in so many columns if that can be: its middle is left out, its last component never. */
void phrase_path(struct phrase *phrase, const struct text *path, size_t columns);

/* Something long with spaces in it, in so many columns: what is left out is at its end. */
void phrase_words(struct phrase *phrase, const struct text *words, char between, size_t columns);

#endif
