// SPDX-License-Identifier: BSD-2-Clause
/* accept FILE: 0 where the reader of --check-audit takes every line, else 1, saying what is wrong with the first bad
 * one. */
#include "../../../user/audit/load.h"
#include "../../../user/audit/rulesd.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct load_part part = { 0 };
	struct source source;
	struct ruleset rules;
	char *why;

	if (argc != 2 || rules_read(argv[1], &source, &why))
		return 2;
	part = (struct load_part) { .lines = source.lines, .count = source.count, .file = argv[1] };
	if (ruleset_load(&part, 1, &rules))
		return 2;
	if (!rules.problem_count)
		return 0;
	printf("%u: %s\n", rules.first_problem.column, rules.first_problem.what);
	return rules.stop.file || strncmp(source.lines[0].text, "-c", 2) == 0;
}
