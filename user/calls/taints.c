// SPDX-License-Identifier: BSD-2-Clause
#include "taints.h"

#include <string.h>

/* Bits are places in the kernel's taint_flags[]; letters are those of /proc/modules. */
static const struct {
	uint8_t bit;
	char letter;
	const char *meaning;
} table[] = {
	{ 0, 'P', "proprietary" }, { 12, 'O', "out-of-tree" }, { 1, 'F', "forced" },	 { 10, 'C', "staging" },
	{ 13, 'E', "unsigned" },   { 15, 'K', "livepatch" },   { 16, 'X', "auxiliary" }, { 18, 'N', "test" },
};

enum { TABLE = sizeof(table) / sizeof(table[0]) };

void taints_of_letters(const char *letters, struct taints *taints)
{
	size_t count = strnlen(letters, TAINTS_MAX);

	memcpy(taints->letters, letters, count);
	taints->letters[count] = '\0';
	taints->count = count;
	for (size_t i = 0; i < count; i++) {
		taints->names[i] = text_of("unknown");
		for (size_t t = 0; t < TABLE; t++)
			if (table[t].letter == letters[i])
				taints->names[i] = text_of(table[t].meaning);
	}
}

void taints_of_bits(uint64_t bits, struct taints *taints)
{
	char letters[TAINTS_MAX + 1];
	size_t count = 0;

	/* in the order of the bits, as the kernel prints them */
	for (uint8_t bit = 0; bit < 64 && count < TAINTS_MAX; bit++) {
		if (!(bits >> bit & 1))
			continue;
		letters[count] = '?';
		for (size_t t = 0; t < TABLE; t++)
			if (table[t].bit == bit)
				letters[count] = table[t].letter;
		count++;
	}
	letters[count] = '\0';
	taints_of_letters(letters, taints);
}

void taints_show(const struct taints *taints, struct module_part *part)
{
	part->taints = text_of(taints->letters);
	part->taint_names = (struct list) { .known = KNOWN, .count = taints->count, .items = taints->names };
}
