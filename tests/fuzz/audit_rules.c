// SPDX-License-Identifier: BSD-2-Clause
/*
 * libFuzzer: any bytes as a rules file. Nothing may crash; a rule that is printed must be read back as itself; what is
 * required by a profile must be judged; and the file as a profile must be read or refused.
 */
#include "../../user/audit/judgement.h"
#include "../../user/audit/line.h"
#include "../../user/audit/paths.h"
#include "../../user/audit/profile.h"
#include "../../user/audit/rule_print.h"
#include "../../user/audit/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES_MAX = 4096 };

static struct machine machine;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return machine_read(&machine);
}

static void die(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

/* A control character in a text cannot be written in a rules file, nor can a tab be an operator's neighbour. */
static int printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 32)
			return 0;
	return 1;
}

static void print_and_read(const struct rule *rule, struct arena *arena)
{
	char *text = rule_print(rule, arena);
	struct line again;

	if (!text || !printable(text) || strlen(text) >= WORDS_LINE_MAX)
		return;
	/* several key fields, and a second arch, cannot be told apart in a text */
	for (size_t i = 0, keys = 0, arches = 0; i < rule->field_count; i++) {
		const struct rule_field *field = &rule->fields[i];

		keys += field->type == AUDIT_FILTERKEY;
		arches += field->type == AUDIT_ARCH;
		if (keys > 1 || arches > 1 ||
		    (field->type == AUDIT_FILTERKEY && (i + 1 < rule->field_count || field->op != AUDIT_EQUAL)) ||
		    (field->type == AUDIT_ARCH && i > 0) || field->type == AUDIT_FIELD_COMPARE)
			return;
		if (field->text && (!*field->text || !printable(field->text) || strpbrk(field->text, "=<>&!")))
			return;
		if (field->type == AUDIT_PERM && !field->value)
			return;
		/* the kernel takes what auditctl has no word for */
		if (field->type == AUDIT_EXE || field->type == AUDIT_SADDR_FAM)
			return;
	}
	if (rule_has_no_calls(rule) || (rule->list != AUDIT_FILTER_EXIT && !rule_has_all_calls(rule)))
		return;
	if (line_understand(text, strlen(text), arena, &again))
		return;
	again.rule.mask[AUDIT_BITMASK_SIZE - 1] &= 0xffff;
	if (again.error.column || !rule_equal(rule, &again.rule))
		die(again.error.column ? again.error.what : "it reads back as another rule", text);
}

static void judge(const struct ruleset *rules)
{
	struct path_cache *paths = NULL;
	struct coverage coverage;
	struct profile profile;
	struct arena arena = { 0 };
	char *why = NULL;

	if (path_cache_new(&paths))
		return;
	if (profile_read("complete", &machine, paths, &profile, &why) ||
	    coverage_init(&coverage, &machine, paths, rules))
		abort();
	for (size_t i = 0; i < profile.count; i++)
		for (size_t j = 0; j < profile.items[i].targets.count; j++) {
			struct verdict verdict;

			if (coverage_judge(&coverage, &profile.items[i].targets.items[j], &arena, &verdict))
				abort();
			if (verdict.kind == VERDICT_COVERED && !rules->count)
				die("covered", "without a rule");
		}
	arena_free(&arena);
	coverage_free(&coverage);
	profile_free(&profile);
	path_cache_freep(&paths);
}

static void read_as_profile(const uint8_t *bytes, size_t size)
{
	char path[] = "/dev/shm/kmodwatch-fuzz-XXXXXX", *why = NULL; /* a link, as to a memfd, is not followed */
	struct path_cache *paths = NULL;
	struct profile profile;
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size || path_cache_new(&paths))
		abort();
	if (profile_read(path, &machine, paths, &profile, &why) == 0)
		profile_free(&profile);
	else if (!why || !*why)
		abort();
	free(why);
	path_cache_freep(&paths);
	unlink(path);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct source_line lines[LINES_MAX];
	struct lines walk = { .bytes = (const char *)bytes, .size = size };
	struct source_line line = { .file = "fuzz" };
	struct load_part part = { .lines = lines, .file = "fuzz" };
	struct ruleset rules;

	while (part.count < LINES_MAX && lines_next(&walk, &line.text, &line.size)) {
		line.number = walk.number;
		lines[part.count++] = line;
	}
	if (ruleset_load(&part, 1, &rules))
		return 0;
	for (size_t i = 0; i < rules.count; i++)
		print_and_read(rules.rules[i], &rules.arena);
	judge(&rules);
	read_as_profile(bytes, size);
	ruleset_free(&rules);
	return 0;
}
