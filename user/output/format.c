// SPDX-License-Identifier: BSD-2-Clause
#include "format.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum output output_chosen(enum output wanted, int fd)
{
	if (wanted != OUTPUT_DEFAULT)
		return wanted;
	return isatty(fd) ? OUTPUT_TEXT : OUTPUT_JSON;
}

bool colour_chosen(enum colour wanted, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (wanted != COLOUR_AUTO)
		return wanted == COLOUR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

/* The locale is only looked at: were it set, ctype.h would say other things everywhere else. */
bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (!locale)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}
