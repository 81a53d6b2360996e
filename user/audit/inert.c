// SPDX-License-Identifier: BSD-2-Clause
/* Rules that were meant for a target and can never fire. */
#include "explain.h"
#include "field.h"

#include <string.h>
#include <sys/stat.h>

static bool arch_matches(const struct rule *rule, uint32_t elf)
{
	for (size_t i = 0; i < rule->field_count; i++)
		if (rule->fields[i].type == AUDIT_ARCH &&
		    (rule->fields[i].value == elf) != (rule->fields[i].op == AUDIT_EQUAL))
			return false;
	return true;
}

/* Whether the rule can match anything in the target, the requirement's own conditions aside. */
static bool can_fire(const struct coverage *coverage, const struct target *target, const struct rule *rule,
		     struct arena *arena)
{
	struct predicate predicate = { arena, coverage->machine, target, STAGE_EXIT, NULL, coverage->paths };
	const struct box *matched;
	struct leftovers left;

	for (size_t i = 0; i < target->open_count; i++) {
		if (!predicate_is_for_inode(rule)) {
			if (predicate_apply(&predicate, rule, target->open[i], &matched, &left) != MATCH_NONE)
				return true;
			continue;
		}
		predicate.stage = STAGE_NAME;
		for (size_t j = 0; j < target->names.count; j++) {
			predicate.name = target->names.names[j];
			if (predicate_apply(&predicate, rule, target->open[i], &matched, &left) != MATCH_NONE)
				return true;
		}
	}
	return false;
}

static bool has_exec_call(const struct rule *rule, uint32_t elf)
{
	int machine = audit_elf_to_machine(elf);
	int exec = audit_name_to_syscall("execve", machine), at = audit_name_to_syscall("execveat", machine);

	return (exec >= 0 && rule_has_call(rule, (unsigned int)exec)) ||
	       (at >= 0 && rule_has_call(rule, (unsigned int)at));
}

/* Whether dir, as text, is in front of path. */
static bool stands_before(const char *dir, const char *path)
{
	size_t size = strlen(dir);

	while (size > 1 && dir[size - 1] == '/')
		size--;
	return strncmp(dir, path, size) == 0 && (path[size] == '/' || size == 1);
}

/* Whether the rule's path leads to the file that runs. */
static bool is_program(const struct coverage *coverage, const struct target *target, size_t number)
{
	const struct place *place = &coverage->places[number];
	const struct file_name *name = target->names.count ? target->names.names[0] : NULL;

	return name && place->kind == PLACE_FILE && name->exists && place->id.dev == name->id.dev &&
	       place->id.ino == name->id.ino;
}

/* Rules for an exec target that name its path, its link or a folder in front of it. */
static const char *inert_place(const struct coverage *coverage, const struct target *target, size_t number,
			       struct arena *arena)
{
	const struct rule *rule = coverage->rules->rules[number];
	const struct rule_field *path = rule_find(rule, AUDIT_WATCH), *dir = rule_find(rule, AUDIT_DIR);
	const struct rule_field *perm = rule_find(rule, AUDIT_PERM);
	const struct file_name *found;
	bool same;

	if ((!path && !dir) || (perm && !(perm->value & AUDIT_PERM_EXEC)))
		return NULL;
	if (path && strcmp(path->text, target->path) && !is_program(coverage, target, number))
		return NULL;
	/* cppcheck-suppress nullPointerRedundantCheck; one of the two is there */
	found = path_cache_find(coverage->paths, path ? path->text : dir->text);
	if (dir) {
		const struct file_name *link = path_cache_find(coverage->paths, target->path);

		if (!found || (!stands_before(dir->text, target->path) && !(link && file_is_in(link, found))))
			return NULL;
		if (S_ISLNK(found->mode))
			return field_say(arena,
					 "%s is a link, and a rule for it means the link itself, not the folder "
					 "behind it",
					 dir->text);
		return target->names.is_link ? field_say(arena, "%s is a link, and %s, which runs, lies elsewhere",
							 target->path, target->names.names[0]->path)
					     : NULL;
	}
	same = found && target->names.count && file_same(found, target->names.names[0]);
	if (same && !has_exec_call(rule, target->elf))
		return "perm=x means execve and execveat, and the rule names other system calls";
	if (same)
		return "its fields can never all match when the program is run";
	if (strcmp(path->text, target->path) == 0 && target->names.is_link && found)
		return field_say(arena, "%s is a link, and a watch on it watches the link itself; what runs is %s",
				 path->text, target->names.names[0]->path);
	return NULL;
}

static const char *inert_call(const struct rule *rule)
{
	if (rule_find(rule, AUDIT_PERM))
		return rule_find(rule, AUDIT_PERM)->value == AUDIT_PERM_EXEC
			   ? "perm=x means execve and execveat: with this system call it can never match"
			   : "perm never matches this system call: it opens no file by name";
	if (rule_find(rule, AUDIT_WATCH) || rule_find(rule, AUDIT_DIR) || rule_find(rule, AUDIT_INODE))
		return "this system call names no file, so a rule with path, dir or inode can never match it";
	return "its fields can never all match";
}

const struct rule *explain_inert(const struct coverage *coverage, const struct target *target, struct arena *arena,
				 const char **reason)
{
	struct candidates candidates;

	if (candidates_of(coverage->candidates, coverage->rules, target, &candidates))
		return NULL;
	for (size_t n = 0; n < candidates.count && candidates.at[n] < coverage->rules->count; n++) {
		size_t i = candidates.at[n];
		const struct rule *rule = coverage->rules->rules[i];
		const char *why = NULL;

		if (rule->list != AUDIT_FILTER_EXIT || rule->action != AUDIT_ALWAYS || !arch_matches(rule, target->elf))
			continue;
		if (target->kind == TARGET_EXEC)
			why = inert_place(coverage, target, i, arena);
		else if (target->kind == TARGET_CALL && target->call && rule->named_calls &&
			 !rule_has_all_calls(rule) && rule_has_call(rule, target->nr))
			why = inert_call(rule);
		if (!why || can_fire(coverage, target, rule, arena))
			continue;
		*reason = why;
		return rule;
	}
	return NULL;
}
