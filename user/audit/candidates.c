// SPDX-License-Identifier: BSD-2-Clause
#include "candidates.h"

#include <errno.h>
#include <stdlib.h>

/* One kind of target: a call of an ABI, or runs of programs, or anything else. */
struct entry {
	struct entry *next;
	enum target_kind kind;
	bool any_call;
	uint32_t elf;
	unsigned int nr;
	struct candidates found;
};

struct candidate_cache {
	struct entry *entries;
};

int candidate_cache_new(struct candidate_cache **cache)
{
	*cache = calloc(1, sizeof(**cache));
	return *cache ? 0 : -ENOMEM;
}

void candidate_cache_freep(struct candidate_cache **cache)
{
	if (!*cache)
		return;
	while ((*cache)->entries) {
		struct entry *next = (*cache)->entries->next;

		free((void *)(*cache)->entries->found.at);
		free((*cache)->entries);
		(*cache)->entries = next;
	}
	free(*cache);
	*cache = NULL;
}

/* The lists without system calls always count. */
static bool fits(const struct entry *entry, const struct rule *rule)
{
	if (rule->list != AUDIT_FILTER_EXIT)
		return true;
	if (!rule_fits_arch(rule, entry->elf))
		return false;
	if (entry->kind == TARGET_CALL && !entry->any_call)
		/* a rule for one file's inode has no file to match in these calls */
		return rule_has_call(rule, entry->nr);
	return true;
}

static int fill(struct entry *entry, const struct ruleset *rules)
{
	size_t all = rules->count + rules->kept_out_count;
	uint32_t *at = malloc((all + 1) * sizeof(*at));

	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < all; i++) {
		const struct rule *rule = i < rules->count ? rules->rules[i] : rules->kept_out[i - rules->count];

		if (fits(entry, rule))
			at[entry->found.count++] = (uint32_t)i;
	}
	entry->found.at = at;
	return 0;
}

int candidates_of(struct candidate_cache *cache, const struct ruleset *rules, const struct target *target,
		  struct candidates *candidates)
{
	bool any_call = target->kind != TARGET_CALL || !target->call;
	struct entry *entry;
	int err;

	for (entry = cache->entries; entry; entry = entry->next)
		if (entry->kind == target->kind && entry->any_call == any_call && entry->elf == target->elf &&
		    (any_call || entry->nr == target->nr))
			break;
	if (!entry) {
		entry = calloc(1, sizeof(*entry));
		if (!entry)
			return -ENOMEM;
		*entry =
		    (struct entry) { .kind = target->kind, .any_call = any_call, .elf = target->elf, .nr = target->nr };
		err = fill(entry, rules);
		if (err) {
			free(entry);
			return err;
		}
		entry->next = cache->entries;
		cache->entries = entry;
	}
	*candidates = entry->found;
	return 0;
}
