/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes from the kernel as text that can be shown. */
#ifndef KMODWATCH_TEXT_H
#define KMODWATCH_TEXT_H

#include "event.h"

/*
 * The length of the valid UTF-8 character at bytes (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF), with
 * its code point in *code where code is not NULL; 0 where there is none.
 */
size_t utf8_char(const char *bytes, size_t size, uint32_t *code);

/* Whether the character acts on a terminal or the text around it, may pass for a line's end, or is a noncharacter. */
bool utf8_acts(uint32_t code);

/*
 * For what others chose and a person reads: the size of the first character where it can be shown as it is, else 0.
 * utf8: whether more than ASCII can; where it cannot, a byte within a letter may be a control to the terminal.
 */
size_t utf8_shown(const char *bytes, size_t size, bool utf8);

/* The bytes with \xNN for each that cannot be shown, and a NUL; what does not fit into room bytes is left out. */
void text_make_visible(const char *bytes, size_t size, bool utf8, char *out, size_t room);

/* Whether all size bytes are valid UTF-8. */
bool utf8_valid(const char *bytes, size_t size);

/* Whether the text is known, and this word. */
bool text_is(const struct text *text, const char *word);

/* RFC 3339, UTC, nanoseconds: 30 characters and a NUL. ns: since 1970. */
enum { TIME_TEXT_SIZE = 40 };
void format_time(uint64_t ns, char out[static TIME_TEXT_SIZE]);

/* Two lower-case digits a byte, and no NUL: out has room for 2 * size. printf() would take a hundred times as long. */
void format_hex(const void *bytes, size_t size, char *out);

#endif
