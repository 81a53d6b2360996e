// SPDX-License-Identifier: BSD-2-Clause
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void check_text(struct text text, const char *bytes, size_t size, bool cut, const char *what, const char *file,
		int line)
{
	if (text.known == KNOWN && text.size == size && !memcmp(text.bytes, bytes, size) && text.truncated == cut)
		return;
	print_error("%s is \"%.*s\" (known %d, truncated %d), not \"%.*s\" (truncated %d)\n", what,
		    text.known == KNOWN ? (int)text.size : 0, text.bytes ? text.bytes : "", text.known, text.truncated,
		    (int)size, bytes, cut);
	_fail(file, line);
}

void check_number(struct number number, uint64_t expected, const char *what, const char *file, int line)
{
	if (number.known == KNOWN && number.value == expected)
		return;
	print_error("%s is %lld (known %d), not %lld\n", what, (long long)number.value, number.known,
		    (long long)expected);
	_fail(file, line);
}

void *exact_copy(const void *bytes, size_t size)
{
	void *copy = malloc(size);

	assert_true(copy || size == 0);
	return size ? memcpy(copy, bytes, size) : copy;
}

size_t utf8_encode(uint32_t code, char out[static 4])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = length - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(first[length] | code);
	return length;
}

const char *joined_texts(const struct list *list)
{
	static char all[2048];
	size_t used = 0;

	all[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		const struct text *text = (const struct text *)list->items + i;

		assert_known(*text, KNOWN);
		used += snprintf(all + used, sizeof(all) - used, "%.*s ", (int)text->size, text->bytes);
	}
	return all;
}
