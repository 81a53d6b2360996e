/* SPDX-License-Identifier: BSD-2-Clause */
/* What decides from outside whether and how kmodwatch can watch here, in words. */
#ifndef KMODWATCH_SURROUNDINGS_H
#define KMODWATCH_SURROUNDINGS_H

#include <stdio.h>

struct btf;

/* Writes a line for each thing to out; what cannot be read is said. btf: the kernel's; NULL: there is none. */
void surroundings_write(FILE *out, const struct btf *btf);
/* One such line: what it is about, and a sentence. */
void surroundings_line(FILE *out, const char *what, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
