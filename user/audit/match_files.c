// SPDX-License-Identifier: BSD-2-Clause
#include "match_files.h"
#include "paths.h"

#include <sys/stat.h>

/* A property of the files: any file's in the exit list, the file's own with an inode. */
static enum field_answer of_names(struct field_match *match, uint32_t (*get)(const struct file_name *name))
{
	const struct predicate *predicate = match->predicate;
	const struct target *target = predicate->target;

	if (predicate->stage == STAGE_FORK)
		return FIELD_NO;
	if (predicate->stage == STAGE_EXIT && !target->names_known)
		return match_unnamed(match);
	for (size_t i = 0; i < target->names.count; i++) {
		const struct file_name *name = target->names.names[i];

		if (predicate->stage == STAGE_NAME && name != predicate->name)
			continue;
		if (!name->exists)
			return match_unknown(match);
		if (match_compare(get(name), match->field->op, match->field->value))
			return FIELD_YES;
	}
	return FIELD_NO;
}

static uint32_t name_uid(const struct file_name *name)
{
	return name->uid;
}

static uint32_t name_gid(const struct file_name *name)
{
	return name->gid;
}

static uint32_t name_inode(const struct file_name *name)
{
	return (uint32_t)name->id.ino;
}

static uint32_t name_major(const struct file_name *name)
{
	return name->major;
}

static uint32_t name_minor(const struct file_name *name)
{
	return name->minor;
}

/* stat's numbers are not the kernel's own on every file system. */
static enum field_answer of_plain_names(struct field_match *match, uint32_t (*get)(const struct file_name *name))
{
	for (size_t i = 0; i < match->predicate->target->names.count; i++)
		if (!match->predicate->target->names.names[i]->plain_numbers)
			return match_unknown(match);
	return of_names(match, get);
}

enum field_answer match_filetype(struct field_match *match)
{
	const struct target *target = match->predicate->target;
	bool any = false;

	if (!target->names_known)
		return match_unnamed(match);
	for (size_t i = 0; i < target->names.count; i++) {
		if (!target->names.names[i]->exists)
			return match_unknown(match);
		any |= (target->names.names[i]->mode & S_IFMT) == match->field->value;
	}
	return match_decided(any == (match->field->op == AUDIT_EQUAL));
}

/* A rule for one file of a folder that is asked for as a whole: some uses are of that file, others not. */
static enum field_answer part_of_folder(struct field_match *match, const struct file_name *found)
{
	if (!file_is_in(found, match->predicate->target->names.names[0]))
		return FIELD_NO;
	return match_truth(
	    match,
	    variable_of(VARIABLE_TRUTH, match->field->type, paths_number(match->predicate->paths, match->field->text)),
	    true);
}

enum field_answer match_path(struct field_match *match)
{
	const struct predicate *predicate = match->predicate;
	const struct target *target = predicate->target;
	const struct file_name *found;

	if (predicate->stage != STAGE_NAME)
		return FIELD_NO;
	found = path_cache_find(predicate->paths, match->field->text);
	if (found && target->whole_folder)
		return part_of_folder(match, found);
	if (!found || !file_same(found, predicate->name))
		return FIELD_NO;
	/* whether the link itself is looked up depends on the security modules */
	if (target->names.link_at < target->names.count &&
	    predicate->name == target->names.names[target->names.link_at] && !predicate->machine->lsm.known)
		return match_unknown(match);
	return FIELD_YES;
}

enum field_answer match_folder(struct field_match *match)
{
	const struct target *target = match->predicate->target;
	const struct file_name *found;

	if (target->names_known && target->names.count == 0)
		return FIELD_NO;
	found = path_cache_find(match->predicate->paths, match->field->text);
	for (size_t i = 0; found && i < target->names.count; i++) {
		if (!file_is_in(target->names.names[i], found))
			continue;
		return i == target->names.link_at && !match->predicate->machine->lsm.known ? match_unknown(match)
											   : FIELD_YES;
	}
	if (found && target->whole_folder)
		return part_of_folder(match, found);
	return target->kind == TARGET_CALL && !target->names_known ? match_unnamed(match) : FIELD_NO;
}

/* A link or a folder is never what runs. */
enum field_answer match_program(struct field_match *match)
{
	const struct file_name *found = path_cache_find(match->predicate->paths, match->field->text);
	const struct set *set;

	if (found && found->exists && !S_ISREG(found->mode))
		return match_decided(match->field->op == AUDIT_NOT_EQUAL);
	set = set_compare(match_arena(match), match->field->op, paths_exe(match->predicate->paths, match->field->text));
	return match_bound(match, match_variable(match, AUDIT_EXE), set);
}

enum field_answer match_owner(struct field_match *match, bool group)
{
	return of_names(match, group ? name_gid : name_uid);
}

enum field_answer match_number(struct field_match *match)
{
	switch (match->field->type) {
	case AUDIT_DEVMAJOR:
		return of_plain_names(match, name_major);
	case AUDIT_DEVMINOR:
		return of_plain_names(match, name_minor);
	default:
		return of_plain_names(match, name_inode);
	}
}
