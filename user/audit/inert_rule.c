// SPDX-License-Identifier: BSD-2-Clause
#include "inert_rule.h"
#include "field.h"
#include "paths.h"

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

/* Whether rule number i is about this very file. */
static bool is_about(const struct coverage *coverage, size_t i, const struct file_name *name)
{
	const struct place *place = &coverage->places[i];

	return name && place->kind == PLACE_FILE && name->exists && place->id.dev == name->id.dev &&
	       place->id.ino == name->id.ino;
}

static const char *inert_folder(const struct coverage *coverage, const struct target *target, const char *dir,
				struct arena *arena)
{
	const struct file_name *found = path_cache_find(coverage->paths, dir);
	const struct file_name *link = path_cache_find(coverage->paths, target->path);

	if (!found || (!stands_before(dir, target->path) && !(link && file_is_in(link, found))))
		return NULL;
	if (S_ISLNK(found->mode))
		return field_say(
		    arena, "%s is a link, and a rule for it means the link itself, not the folder behind it", dir);
	if (!target->names.is_link || !target->names.count)
		return NULL;
	return field_say(arena, "%s is a link, and %s, which runs, lies elsewhere", target->path,
			 target->names.names[0]->path);
}

/* Rules for an exec target that name its path, its link or a folder in front of it. */
static const char *inert_place(const struct coverage *coverage, const struct target *target, size_t number,
			       struct arena *arena)
{
	const struct rule *rule = coverage->rules->rules[number];
	const struct rule_field *path = rule_find(rule, AUDIT_WATCH), *dir = rule_find(rule, AUDIT_DIR);
	const struct rule_field *perm = rule_find(rule, AUDIT_PERM);

	if (perm && !(perm->value & AUDIT_PERM_EXEC))
		return NULL;
	if (dir && dir->text)
		return inert_folder(coverage, target, dir->text, arena);
	if (!path || !target->names.count)
		return NULL;
	if (is_about(coverage, number, target->names.names[0]))
		return has_exec_call(rule, target->elf) ? "its fields can never all match when the program is run"
							: "perm=x means execve and execveat, and the rule names other "
							  "system calls";
	if (target->names.is_link && is_about(coverage, number, path_cache_find(coverage->paths, target->path)))
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

const struct rule *inert_rule_of(const struct coverage *coverage, const struct target *target, struct arena *arena,
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
