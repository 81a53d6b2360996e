// SPDX-License-Identifier: BSD-2-Clause
#include "load.h"
#include "../array.h"
#include "field.h"
#include "line.h"
#include "root.h"
#include "valid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Finds duplicates: rules by their hash, open addressing. A deleted rule's place keeps a mark. */
struct index {
	size_t size, used;
	struct rule **slots;
};

struct loader {
	struct ruleset *set;
	struct index index;
	struct valid_cache cache;
	bool ignore_errors, locked, stopped;
	/* -A puts rules in front: they are gathered here, newest last, so that 100,000 of them stay cheap */
	size_t front_count, front_room;
	struct rule **front;
};

static struct rule deleted_mark;

static int push(struct rule ***rules, size_t *count, size_t *room, struct rule *rule)
{
	int err = array_reserve(*rules, *room, *count + 1);

	if (!err)
		(*rules)[(*count)++] = rule;
	return err;
}

static struct rule **index_find(struct index *index, const struct rule *rule)
{
	if (!index->size)
		return NULL;
	for (size_t i = rule_hash(rule) % index->size;; i = (i + 1) % index->size) {
		if (!index->slots[i])
			return NULL;
		if (index->slots[i] != &deleted_mark && rule_equal(index->slots[i], rule))
			return &index->slots[i];
	}
}

static void index_put(struct index *index, struct rule *rule)
{
	size_t i = rule_hash(rule) % index->size;

	while (index->slots[i])
		i = (i + 1) % index->size;
	index->slots[i] = rule;
	index->used++;
}

static int index_add(struct index *index, struct rule *rule)
{
	struct index more = { .size = index->size ? index->size * 2 : 256 };

	if (index->size && index->used < index->size / 2) {
		index_put(index, rule);
		return 0;
	}
	more.slots = calloc(more.size, sizeof(struct rule *));
	if (!more.slots)
		return -ENOMEM;
	for (size_t i = 0; i < index->size; i++)
		if (index->slots[i] && index->slots[i] != &deleted_mark)
			index_put(&more, index->slots[i]);
	free(index->slots);
	*index = more;
	index_put(index, rule);
	return 0;
}

static bool has_key(const struct rule *rule, const char *key)
{
	const struct rule_field *field = rule_find(rule, AUDIT_FILTERKEY);

	return field && strstr(field->text, key);
}

static void drop(struct loader *loader, struct rule **rules, size_t *count, const char *key)
{
	size_t kept = 0;

	for (size_t i = 0; i < *count; i++) {
		if (key && !has_key(rules[i], key)) {
			rules[kept++] = rules[i];
			continue;
		}
		*index_find(&loader->index, rules[i]) = &deleted_mark;
	}
	*count = kept;
}

static struct rule *keep(struct loader *loader, const struct rule *rule, const struct source_line *line)
{
	struct rule *copy = arena_alloc(&loader->set->arena, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *rule;
	copy->source =
	    (struct rule_source) { line->file, line->number, arena_text(&loader->set->arena, line->text, line->size) };
	return copy;
}

static const char *locked = "the configuration is locked by an earlier -e 2";

static int add(struct loader *loader, const struct line *read, const struct source_line *line, const char **wrong)
{
	struct ruleset *set = loader->set;
	struct rule *rule;
	int err;

	*wrong = loader->locked ? locked : valid_check(&read->rule, &loader->cache);
	if (!*wrong && !read->rule.prepend && index_find(&loader->index, &read->rule))
		*wrong = "the same rule is there already (Rule exists)";
	if (*wrong)
		return 0;
	rule = keep(loader, &read->rule, line);
	if (!rule)
		return -ENOMEM;
	if (rule->prepend)
		err = push(&loader->front, &loader->front_count, &loader->front_room, rule);
	else
		err = push(&set->rules, &set->count, &set->room, rule);
	return err ? err : index_add(&loader->index, rule);
}

/* The kernel deletes the first that it finds, and those of -A stand first, the newest foremost. */
static bool delete_equal(struct rule **rules, size_t *count, const struct rule *rule, bool newest)
{
	for (size_t i = 0; i < *count; i++) {
		size_t at = newest ? *count - 1 - i : i;

		if (!rule_equal(rules[at], rule))
			continue;
		memmove(rules + at, rules + at + 1, (*count - at - 1) * sizeof(struct rule *));
		--*count;
		return true;
	}
	return false;
}

static void delete (struct loader *loader, const struct line *read, const char **wrong)
{
	struct rule **found = index_find(&loader->index, &read->rule);

	if (loader->locked) {
		*wrong = locked;
	} else if (!found) {
		*wrong = "there is no such rule to delete (No rule matches)";
	} else {
		/* equal rules are alike: whichever mark goes, as many stay findable as there are */
		*found = &deleted_mark;
		if (!delete_equal(loader->front, &loader->front_count, &read->rule, true))
			delete_equal(loader->set->rules, &loader->set->count, &read->rule, false);
	}
}

static bool is_there(const char *path)
{
	struct stat status;

	return root_lstat(path, &status) == 0;
}

/* Deleting nothing is allowed even when locked: auditctl then has nothing to ask of the kernel. */
static void take_effects(struct loader *loader, const struct line_effects *effects, const char **wrong)
{
	struct ruleset *set = loader->set;

	loader->ignore_errors |= effects->ignore_errors;
	if (!effects->config)
		return;
	if (loader->locked) {
		if (!effects->delete_all || set->count + loader->front_count)
			*wrong = locked;
		return;
	}
	if (effects->equivalent_mount && (!is_there(effects->equivalent_mount) || !is_there(effects->equivalent_tree)))
		*wrong = "one of the two folders does not exist (No such file or directory)";
	if (effects->delete_all) {
		drop(loader, set->rules, &set->count, effects->delete_key);
		drop(loader, loader->front, &loader->front_count, effects->delete_key);
	}
	if (effects->failure >= 0)
		set->failure = effects->failure;
	if (effects->rate >= 0)
		set->rate = effects->rate;
	if (effects->backlog >= 0)
		set->backlog = effects->backlog;
	if (effects->enabled >= 0) {
		set->enabled = effects->enabled;
		loader->locked = effects->enabled == 2;
	}
}

static void note(struct loader *loader, const struct source_line *line, unsigned int column, const char *what)
{
	struct load_problem problem = { line->file, line->number, column,
					arena_text(&loader->set->arena, line->text, line->size), what };

	if (loader->set->problem_count++ == 0)
		loader->set->first_problem = problem;
	if (loader->ignore_errors)
		return;
	if (!loader->set->stop.file)
		loader->set->stop = problem;
	loader->stopped = true;
}

/* A rule that is not loaded, read as far as it makes sense: so that it can be told apart from one that is not there. */
static int remember(struct loader *loader, const struct line *read, const struct source_line *line)
{
	struct rule *rule;

	if (read->verb != LINE_ADD)
		return 0;
	rule = keep(loader, &read->rule, line);
	if (!rule)
		return -ENOMEM;
	return push(&loader->set->kept_out, &loader->set->kept_out_count, &loader->set->kept_out_room, rule);
}

static int take(struct loader *loader, const struct source_line *line)
{
	const char *wrong = NULL;
	unsigned int column = 1;
	struct line read;
	int err = line_understand(line->text, line->size, &loader->set->arena, &read);

	if (err)
		return err;
	/* the last 16 numbers are names of classes to the kernel, which it replaces */
	read.rule.mask[AUDIT_BITMASK_SIZE - 1] &= 0xffff;
	if (loader->stopped)
		return remember(loader, &read, line);
	take_effects(loader, &read.effects, &wrong);
	if (read.error.column && !wrong) {
		wrong = read.error.what;
		column = read.error.column;
	}
	if (!wrong && read.verb == LINE_ADD)
		err = add(loader, &read, line, &wrong);
	else if (!wrong && read.verb == LINE_DELETE)
		delete (loader, &read, &wrong);
	if (err || !wrong)
		return err;
	note(loader, line, column, wrong);
	return remember(loader, &read, line);
}

/* The rules of -A, newest first, then the others. */
static int join(struct loader *loader)
{
	struct ruleset *set = loader->set;
	struct rule **all;

	if (!loader->front_count)
		return 0;
	all = malloc((loader->front_count + set->count) * sizeof(struct rule *));
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < loader->front_count; i++)
		all[i] = loader->front[loader->front_count - 1 - i];
	if (set->count)
		memcpy(all + loader->front_count, set->rules, set->count * sizeof(struct rule *));
	free(set->rules);
	set->rules = all;
	set->count += loader->front_count;
	set->room = set->count;
	return 0;
}

/* What -i says, and where an error stops, holds for one part only; a lock holds for good. */
static int take_part(struct loader *loader, const struct load_part *part)
{
	int err = 0;

	loader->ignore_errors = false;
	loader->stopped = false;
	if (part->refused)
		note(loader, &(struct source_line) { .file = part->file, .text = "" }, 0, part->refused);
	for (size_t i = 0; !err && i < part->count; i++)
		err = take(loader, &part->lines[i]);
	return err;
}

int ruleset_load(const struct load_part *parts, size_t count, struct ruleset *out)
{
	struct ruleset set = { .enabled = -1, .failure = -1, .rate = -1, .backlog = -1 };
	struct loader loader = { .set = &set };
	int err = 0;

	for (size_t i = 0; !err && i < count; i++)
		err = take_part(&loader, &parts[i]);
	if (!err)
		err = join(&loader);
	free(loader.index.slots);
	free(loader.front);
	if (err)
		ruleset_free(&set);
	else
		*out = set;
	return err;
}

bool ruleset_same(const struct ruleset *a, const struct ruleset *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!rule_equal(a->rules[i], b->rules[i]))
			return false;
	return true;
}

int ruleset_append(struct ruleset *set, const struct rule *rule)
{
	struct rule *copy = arena_alloc(&set->arena, sizeof(*copy));

	if (!copy)
		return -ENOMEM;
	*copy = *rule;
	return push(&set->rules, &set->count, &set->room, copy);
}

void ruleset_free(struct ruleset *set)
{
	free(set->rules);
	free(set->kept_out);
	arena_free(&set->arena);
	*set = (struct ruleset) { 0 };
}
