/* SPDX-License-Identifier: BSD-2-Clause */
/* What kmodwatch-events(5) says of each key, for the schema: its mdoc is where keys are described, and nowhere else. */
#ifndef KMODWATCH_PAGE_H
#define KMODWATCH_PAGE_H

/* Texts without mdoc's macros; NULL where the page has none. They live until the program ends. */
struct page_item {
	const char *section, *key; /* key "": the section itself */
	const char *text;
	const char *unit;
	const char *example; /* JSON */
};

/* Reads the page; ends the program with a message where that is not possible. Build time only. */
void page_read(const char *path);

/* NULL: the page does not describe it. */
const struct page_item *page_find(const char *section, const char *key);

#endif
