/* SPDX-License-Identifier: BSD-2-Clause */
/* What every unit test includes: cmocka, and assertions on the values of an event. */
#ifndef KMODWATCH_UNIT_H
#define KMODWATCH_UNIT_H

#include "../../user/cleanup.h"
#include "../../user/output/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* cmocka 2 deprecates its assert_in_range(), and cmocka 1 has nothing else. Values are signed. */
#define assert_between(value, least, most)                                                                  \
	do {                                                                                                \
		long long between_ = (value);                                                               \
		if (between_ < (least) || between_ > (most))                                                \
			fail_msg("%s is %lld, not from %lld to %lld", #value, between_, (long long)(least), \
				 (long long)(most));                                                        \
	} while (0)

/* A literal with its size, for bytes that hold NULs. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* The text is known, whole, and these bytes. */
#define assert_text(text, string) check_text(text, (string), strlen(string), false, #text, __FILE__, __LINE__)
/* The same, cut. */
#define assert_cut_text(text, string) check_text(text, (string), strlen(string), true, #text, __FILE__, __LINE__)
#define assert_number(number, expected) check_number(number, expected, #number, __FILE__, __LINE__)
/* Of a text, a number or any part. */
#define assert_known(value, expected) _assert_int_equal((value).known, expected, __FILE__, __LINE__)

void check_text(struct text text, const char *bytes, size_t size, bool cut, const char *what, const char *file,
		int line);
void check_number(struct number number, uint64_t expected, const char *what, const char *file, int line);

/* The texts of a list, all of them known, with a space after each. Valid until the next call. */
const char *joined_texts(const struct list *list);

/* A heap copy of just these bytes, so that ASan and valgrind see a read beyond them. free() it. */
void *exact_copy(const void *bytes, size_t size);

/* By the table of RFC 3629, section 3, but for any code: surrogates and what is above U+10FFFF too. Returns the length.
 */
size_t utf8_encode(uint32_t code, char out[static 4]);

#endif
