// SPDX-License-Identifier: BSD-2-Clause
/* The listing of known differences, and whether it is true: a line that has outlived its reason is a fault too. */
#include "listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 512, PARTS_MAX = 8, RULES_MAX = 256 };

/* One line of the listing; see the head of vmlinux/differences. */
struct rule {
	enum { LISTED, CONFIG, ONE_OF, OPTIONAL, UNTESTED } kind;
	char range[64]; /* LISTED */
	enum difference difference;
	char *parts[PARTS_MAX]; /* items; ONE_OF: candidates, each one or more items with '+' between */
	int count;
	int line;
	char text[LINE_SIZE]; /* what parts point into */
};

static struct rule rules[RULES_MAX];
static int rule_count;
static const char *listing;

/* Is the version in "6.3..6.6", "..6.2", "6.3..", "6.1"? */
static bool in_range(const char *range, const struct kernel *kernel)
{
	unsigned int from[2] = { 0, 0 }, to[2] = { -1U, -1U };
	const char *dots = strstr(range, "..");
	unsigned long long version = (unsigned long long)kernel->major << 32 | kernel->minor;

	if (range[0] != '.' && sscanf(range, "%u.%u", &from[0], &from[1]) != 2)
		give_up("%s: %s is no range of versions", listing, range);
	if (!dots)
		memcpy(to, from, sizeof(to));
	else if (dots[2] && sscanf(dots + 2, "%u.%u", &to[0], &to[1]) != 2)
		give_up("%s: %s is no range of versions", listing, range);
	return version >= ((unsigned long long)from[0] << 32 | from[1]) &&
	       version <= ((unsigned long long)to[0] << 32 | to[1]);
}

bool listing_has(const struct item *item, int k, enum difference difference)
{
	for (int i = 0; i < rule_count; i++) {
		const struct rule *rule = &rules[i];

		if ((rule->kind == CONFIG || (rule->kind == LISTED && in_range(rule->range, &kernels[k]))) &&
		    rule->difference == difference && !strcmp(rule->parts[0], item->name))
			return true;
	}
	return false;
}

bool listing_has_config(const char *name)
{
	for (int i = 0; i < rule_count; i++)
		if (rules[i].kind == CONFIG && !strcmp(rules[i].parts[0], name))
			return true;
	return false;
}

static const struct item *known_item(const struct rule *rule, const char *name)
{
	const struct item *item = find_item(name);

	if (item)
		return item;
	fault("%s:%d: vmlinux/ declares no %s, or no kernel has its type: remove the line", listing, rule->line, name);
	return NULL;
}

/* An absent type's members were not compared: they are absent too. */
static enum difference found_at(const struct item *item, int k, bool *excused)
{
	char type[NAME_SIZE];
	const char *dot = strchr(item->name, '.');
	const struct item *parent;

	if (dot) {
		snprintf(type, sizeof(type), "%.*s", (int)(dot - item->name), item->name);
		parent = find_item(type);
		if (parent && parent->found[k] == ABSENT) {
			*excused |= parent->excused[k];
			return ABSENT;
		}
	}
	*excused |= item->excused[k];
	return item->found[k];
}

/* A listed difference is there on every kernel of its range, and there is one. */
static void check_listed(const struct rule *rule)
{
	const struct item *item = known_item(rule, rule->parts[0]);
	bool used = false;

	if (!item)
		return;
	for (int k = 0; k < kernel_count; k++) {
		if (!in_range(rule->range, &kernels[k]))
			continue;
		used = true;
		if (item->found[k] != rule->difference && !item->excused[k])
			fault("%s:%d: %s is listed as %s, but on %s it is %s: mend the range or remove the line",
			      listing, rule->line, item->name, difference_names[rule->difference], kernels[k].label,
			      item->found[k] == SAME ? "as vmlinux/ has it" : difference_names[item->found[k]]);
	}
	if (!used)
		fault("%s:%d: unused: no kernel of those compared is in the range %s", listing, rule->line,
		      rule->range);
}

/* 1: all parts of the candidate are as declared; 0: none is. */
static int candidate_on(const struct rule *rule, const char *candidate, int k, bool *excused)
{
	char copy[LINE_SIZE], *rest = copy, *part;
	int present = 0, absent = 0;

	snprintf(copy, sizeof(copy), "%s", candidate);
	while ((part = strsep(&rest, "+"))) {
		const struct item *item = known_item(rule, part);

		if (!item)
			return 0;
		if (found_at(item, k, excused) == SAME)
			present++;
		else
			absent++;
	}
	if (present && absent && !*excused)
		fault("%s:%d: on %s only a part of %s is there", listing, rule->line, kernels[k].label, candidate);
	return !absent;
}

/* Every kernel has exactly one of the layouts. */
static void check_one_of(const struct rule *rule)
{
	for (int k = 0; k < kernel_count; k++) {
		bool excused = false;
		int present = 0;

		for (int i = 0; i < rule->count; i++)
			present += candidate_on(rule, rule->parts[i], k, &excused);
		if (present != 1 && !excused)
			fault("%s:%d: on %s %d of the layouts are there, not one: %s ...", listing, rule->line,
			      kernels[k].label, present, rule->parts[0]);
	}
}

static bool names_part(const struct rule *rule, const char *name)
{
	size_t length = strlen(name);

	for (int i = 0; i < rule->count; i++)
		for (const char *at = rule->parts[i]; at; at = strchr(at, '+') ? strchr(at, '+') + 1 : NULL)
			if (!strncmp(at, name, length) && (!at[length] || at[length] == '+'))
				return true;
	return false;
}

static bool has_rule(int kind, const char *name)
{
	for (int i = 0; i < rule_count; i++)
		if ((int)rules[i].kind == kind && names_part(&rules[i], name))
			return true;
	return false;
}

/* Each member of a flavor is one layout of several, and some kernel has it. */
static void check_flavor(const struct item *item)
{
	bool matched = false, untested = has_rule(UNTESTED, item->name);

	for (int k = 0; k < kernel_count; k++) {
		bool excused = false;

		matched |= found_at(item, k, &excused) == SAME && !kernels[k].further;
	}
	if (!has_rule(ONE_OF, item->name) && !has_rule(OPTIONAL, item->name))
		fault("%s: a flavor's member that no one-of line (or optional line) of %s names", item->name, listing);
	if (!matched && !untested)
		fault("%s: no kernel of those compared has it: remove the flavor, or list it as untested", item->name);
	if (matched && untested)
		fault("%s: listed as untested, but a kernel has it: remove the line", item->name);
}

void listing_check(void)
{
	for (int i = 0; i < rule_count; i++) {
		if (rules[i].kind == LISTED)
			check_listed(&rules[i]);
		else if (rules[i].kind == ONE_OF)
			check_one_of(&rules[i]);
		else
			known_item(&rules[i], rules[i].parts[0]);
	}
	for (int i = 0; i < item_count; i++) {
		const char *flavor = strstr(items[i].name, "___");

		if (flavor && !items[i].is_type)
			check_flavor(&items[i]);
	}
}

static void parse_rule(struct rule *rule, const char *reason)
{
	static const char *const kinds[] = {
		[CONFIG] = "config", [ONE_OF] = "one-of", [OPTIONAL] = "optional", [UNTESTED] = "untested"
	};
	char *rest = rule->text, *word;
	bool wants_difference;

	while ((word = strsep(&rest, " \t")))
		if (*word && rule->count < PARTS_MAX)
			rule->parts[rule->count++] = word;
	rule->kind = LISTED;
	for (int kind = CONFIG; kind <= UNTESTED; kind++)
		if (!strcmp(rule->parts[0], kinds[kind]))
			rule->kind = kind;
	wants_difference = rule->kind == LISTED || rule->kind == CONFIG;
	snprintf(rule->range, sizeof(rule->range), "%s", rule->parts[0]);
	memmove(rule->parts, rule->parts + 1, --rule->count * sizeof(rule->parts[0]));
	for (int i = 1; wants_difference && rule->count == 2 && i < DIFFERENCES; i++)
		if (!strcmp(rule->parts[1], difference_names[i]))
			rule->difference = i;
	if (!reason || !*reason)
		give_up("%s:%d: no reason is given: end the line with `# ...`", listing, rule->line);
	if (rule->count < 1 || (wants_difference && !rule->difference) || (rule->kind == ONE_OF && rule->count < 2))
		give_up("%s:%d: not understood: see the head of the file", listing, rule->line);
	if (wants_difference)
		rule->count = 1;
}

void listing_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[LINE_SIZE];

	listing = path;
	if (!file)
		give_up("%s: %s", listing, strerror(errno));
	for (int number = 1; fgets(line, sizeof(line), file); number++) {
		char *reason = strchr(line, '#');
		struct rule *rule = &rules[rule_count];

		line[strcspn(line, "\n")] = '\0';
		if (reason) {
			*reason++ = '\0';
			reason += strspn(reason, " \t");
		}
		if (!line[strspn(line, " \t")])
			continue;
		if (rule_count++ == RULES_MAX)
			give_up("%s: more than %d lines: raise RULES_MAX", listing, RULES_MAX);
		rule->line = number;
		memcpy(rule->text, line, sizeof(line));
		parse_rule(rule, reason);
	}
	fclose(file);
}
