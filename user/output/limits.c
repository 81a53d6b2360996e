// SPDX-License-Identifier: BSD-2-Clause
#include "limits.h"
#include "../cleanup.h"
#include "text.h"

#include <string.h>

#define ALL SIZE_MAX

const struct limits no_limits = { ALL, ALL, ALL, ALL, ALL, WHOLE, WHOLE };

/*
 * What a process chose: its texts, then ancestors from the farthest on, then whatever is not who, what and how it
 * ended. With NAME_MAX bytes in a component, six for each and eight paths, even last components have to be cut in the
 * end.
 */
static const struct limits of_process[] = {
	{ 3072, 3072, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 2560, 2560, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 2048, 2048, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 1792, 1792, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 1536, 1536, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 1280, 1280, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 1152, 1152, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 1024, 1024, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 896, 896, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 768, 768, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 640, 640, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 512, 512, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 384, 384, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 256, 256, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 192, 192, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 128, 128, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 64, 64, ALL, ALL, ALL, WHOLE, WHOLE },
	{ 64, 64, ALL, 4, 4, WHOLE, WHOLE },
	{ 64, 64, ALL, 2, 2, WHOLE, WHOLE },
	{ 32, 0, ALL, 1, 1, WHOLE, BARE },
	{ 32, 0, ALL, 1, 1, BARE, BARE },
	{ 16, 0, ALL, 0, 0, BARE, BAREST },
	{ 16, 0, ALL, 0, 0, BARE, LEAST },
	{ 16, 0, ALL, 0, 0, BAREST, LEAST },
	{ 16, 0, 128, 0, 0, BAREST, LEAST },
	{ 16, 0, 64, 0, 0, BAREST, LEAST },
	{ 16, 0, 32, 0, 0, BAREST, LEAST },
	{ 12, 0, 16, 0, 0, BAREST, LEAST },
	{ 12, 0, 8, 0, 0, LAST, LEAST },
};

/* What the machine has many of, probes and audit rules: what is said of each, then how many are shown. */
static const struct limits of_machine[] = {
	{ ALL, ALL, ALL, ALL, ALL, BARE, BARE },  { ALL, ALL, ALL, 2048, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 1024, ALL, BARE, BARE }, { ALL, ALL, ALL, 512, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 256, ALL, BARE, BARE },  { ALL, ALL, ALL, 128, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 96, ALL, BARE, BARE },	  { ALL, ALL, ALL, 64, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 48, ALL, BARE, BARE },	  { ALL, ALL, ALL, 32, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 24, ALL, BARE, BARE },	  { ALL, ALL, ALL, 16, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 12, ALL, BARE, BARE },	  { ALL, ALL, ALL, 8, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 6, ALL, BARE, BARE },	  { ALL, ALL, ALL, 4, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 3, ALL, BARE, BARE },	  { ALL, ALL, ALL, 2, ALL, BARE, BARE },
	{ ALL, ALL, ALL, 1, ALL, BARE, BARE },	  { 1024, 1024, ALL, 1, 16, BARE, BARE },
	{ 256, 256, ALL, 1, 4, BARE, BARE },	  { 128, 128, ALL, 1, 1, BARE, BARE },
	{ 64, 64, ALL, 1, 1, BARE, BARE },	  { 64, 64, ALL, 0, 0, BARE, BARE },
	{ 16, 0, 32, 0, 0, BAREST, LEAST },
};

size_t limits_steps(enum event_kind kind)
{
	return kind == EVENT_MONITOR_START || kind == EVENT_AUDIT_PARITY ? COUNT(of_machine) : COUNT(of_process);
}

const struct limits *limits_step(enum event_kind kind, size_t step)
{
	if (kind == EVENT_MONITOR_START || kind == EVENT_AUDIT_PARITY)
		return step < COUNT(of_machine) ? &of_machine[step] : NULL;
	return step < COUNT(of_process) ? &of_process[step] : NULL;
}

static bool is_among(const char *const *words, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i], key))
			return true;
	return false;
}

bool limits_spares(enum keys_shown shown, const char *key)
{
	static const char *const bare[] = {
		"tid",	       "gid",	 "egid",      "ses",   "tty",	     "kthread", "ns",	       "start_time",
		"duration_ns", "mtime",	 "ctime",     "fs",    "srcversion", "taints",	"taint_names", "license",
		"signer",      "key_id", "hash_algo", "title", "refs",	     "target",	"mechanism",
	};
	static const char *const barest[] = {
		"ppid",		"settled_by",
		"coalesced",	"exe_file",
		"root",		"root_foreign",
		"exe_foreign",	"cwd_foreign",
		"cwd_deleted",	"path_foreign",
		"path_covered", "cgroup",
		"ancestors",	"cap_sys_module",
		"version",	"size",
		"state",	"dev",
		"inode",	"complete",
		"narrowed_by",	"policy",
		"abi",		"flags",
		"name_from",	"params_from",
		"signature",	"signature_reason",
		"reason",	"matched_by",
		"runtime",	"signed",
	};

	static const char *const last[] = { "cwd", "params" };
	static const char *const least[] = { "alias", "exe", "euid", "auid", "argv", "container" };

	return (shown >= BARE && is_among(bare, COUNT(bare), key)) ||
	       (shown >= BAREST && is_among(barest, COUNT(barest), key)) ||
	       (shown >= LAST && is_among(last, COUNT(last), key)) ||
	       (shown >= LEAST && is_among(least, COUNT(least), key));
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The end of what is shown of bytes that are cut at size: not within a character. */
static size_t end_at(const char *bytes, size_t all, size_t size)
{
	for (size_t back = 0; back < 4 && back < size; back++)
		if (utf8_char(bytes + size - back, all - size + back, NULL) > back && back)
			return size - back;
	return size;
}

/* The beginning likewise. */
static size_t begin_at(const char *bytes, size_t all, size_t from)
{
	size_t at = from;

	while (at < all && at < from + 3 && continues(bytes[at]))
		at++;
	return at;
}

struct extent limits_text(const struct limits *limits, const struct text *text)
{
	if (text->size <= limits->text || text->size <= SHORT_TEXT)
		return (struct extent) { 0, text->size };
	return (struct extent) { 0, end_at(text->bytes, text->size, limits->text) };
}

struct extent limits_path(const struct limits *limits, const struct text *path)
{
	const char *bytes = path->bytes, *slash;
	size_t size = path->size, name = size, from, last;

	if (size <= limits->path)
		return (struct extent) { 0, size };
	while (name && bytes[name - 1] == '/') /* of a folder in a rule */
		name--;
	slash = memrchr(bytes, '/', name);
	last = slash ? (size_t)(slash - bytes) + 1 : 0;
	if (size - last > limits->component) {
		from = begin_at(bytes, size, size - limits->component);
		return (struct extent) { from, size - from };
	}
	from = size - limits->path;
	slash = from < last ? memchr(bytes + from, '/', last - from) : NULL;
	from = slash ? (size_t)(slash - bytes) + 1 : last;
	return from > 1 ? (struct extent) { from, size - from } : (struct extent) { 0, size };
}

void limits_argv(const struct limits *limits, const struct text *argv, struct extent *head, struct extent *tail)
{
	size_t gap = argv->gap < argv->size ? argv->gap : 0, first = gap ? gap : argv->size, from = gap, half;

	if (argv->size / 2 > limits->text && argv->size > SHORT_TEXT) {
		half = limits->text;
		first = first < half ? first : end_at(argv->bytes, argv->size, half);
		from = argv->size - half > gap ? begin_at(argv->bytes, argv->size, argv->size - half) : gap;
	}
	*head = (struct extent) { 0, first };
	*tail = (struct extent) { from, from ? argv->size - from : 0 };
}
