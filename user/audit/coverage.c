// SPDX-License-Identifier: BSD-2-Clause
#include "coverage.h"
#include "root.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct place place_of(const struct rule *rule)
{
	const struct rule_field *path = rule_find(rule, AUDIT_WATCH);
	struct stat status;

	if (rule->list != AUDIT_FILTER_EXIT || !predicate_is_for_inode(rule))
		return (struct place) { .kind = PLACE_NONE };
	if (!path)
		return (struct place) { .kind = PLACE_OTHER };
	if (root_lstat(path->text, &status))
		return (struct place) { .kind = errno == ENOENT ? PLACE_MISSING : PLACE_OTHER };
	return (struct place) { PLACE_FILE, { status.st_dev, status.st_ino } };
}

int coverage_init(struct coverage *coverage, const struct machine *machine, struct path_cache *paths,
		  const struct ruleset *rules)
{
	struct place *places = calloc(rules->count + rules->kept_out_count + 1, sizeof(*places));
	struct candidate_cache *candidates;

	if (!places)
		return -ENOMEM;
	if (candidate_cache_new(&candidates)) {
		free(places);
		return -ENOMEM;
	}
	for (size_t i = 0; i < rules->count; i++)
		places[i] = place_of(rules->rules[i]);
	for (size_t i = 0; i < rules->kept_out_count; i++)
		places[rules->count + i] = place_of(rules->kept_out[i]);
	*coverage = (struct coverage) { machine, paths, rules, places, candidates };
	return 0;
}

void coverage_free(struct coverage *coverage)
{
	free(coverage->places);
	coverage->places = NULL;
	candidate_cache_freep(&coverage->candidates);
}
