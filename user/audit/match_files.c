// SPDX-License-Identifier: BSD-2-Clause
#include "match_files.h"
#include "paths.h"

#include <sys/stat.h>

/* A property of the files: any file's in the exit list, the file's own with an inode. */
static enum field_match of_names(struct wish *wish, uint32_t (*get)(const struct file_name *name))
{
	const struct predicate *predicate = wish->predicate;
	const struct target *target = predicate->target;

	if (predicate->stage == STAGE_FORK)
		return FIELD_NO;
	if (predicate->stage == STAGE_EXIT && !target->names_known)
		return wish_unnamed(wish);
	for (size_t i = 0; i < target->names.count; i++) {
		const struct file_name *name = target->names.names[i];

		if (predicate->stage == STAGE_NAME && name != predicate->name)
			continue;
		if (!name->exists)
			return wish_unknown(wish);
		if (wish_compare(get(name), wish->field->op, wish->field->value))
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
static enum field_match of_plain_names(struct wish *wish, uint32_t (*get)(const struct file_name *name))
{
	for (size_t i = 0; i < wish->predicate->target->names.count; i++)
		if (!wish->predicate->target->names.names[i]->plain_numbers)
			return wish_unknown(wish);
	return of_names(wish, get);
}

enum field_match match_filetype(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	bool any = false;

	if (!target->names_known)
		return wish_unnamed(wish);
	for (size_t i = 0; i < target->names.count; i++) {
		if (!target->names.names[i]->exists)
			return wish_unknown(wish);
		any |= (target->names.names[i]->mode & S_IFMT) == wish->field->value;
	}
	return wish_decided(any == (wish->field->op == AUDIT_EQUAL));
}

/* A rule for one file of a folder that is asked for as a whole: some uses are of that file, others not. */
static enum field_match part_of_folder(struct wish *wish, const struct file_name *found)
{
	if (!file_is_in(found, wish->predicate->target->names.names[0]))
		return FIELD_NO;
	return wish_truth(
	    wish,
	    variable_of(VARIABLE_TRUTH, wish->field->type, paths_number(wish->predicate->paths, wish->field->text)),
	    true);
}

enum field_match match_path(struct wish *wish)
{
	const struct predicate *predicate = wish->predicate;
	const struct target *target = predicate->target;
	const struct file_name *found;

	if (predicate->stage != STAGE_NAME)
		return FIELD_NO;
	found = path_cache_find(predicate->paths, wish->field->text);
	if (found && target->whole_folder)
		return part_of_folder(wish, found);
	if (!found || !file_same(found, predicate->name))
		return FIELD_NO;
	/* whether the link itself is looked up depends on the security modules */
	if (target->names.link_at < target->names.count &&
	    predicate->name == target->names.names[target->names.link_at] && !predicate->machine->lsm.known)
		return wish_unknown(wish);
	return FIELD_YES;
}

enum field_match match_folder(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	const struct file_name *found;

	if (target->names_known && target->names.count == 0)
		return FIELD_NO;
	found = path_cache_find(wish->predicate->paths, wish->field->text);
	for (size_t i = 0; found && i < target->names.count; i++) {
		if (!file_is_in(target->names.names[i], found))
			continue;
		return i == target->names.link_at && !wish->predicate->machine->lsm.known ? wish_unknown(wish)
											  : FIELD_YES;
	}
	if (found && target->whole_folder)
		return part_of_folder(wish, found);
	return target->kind == TARGET_CALL && !target->names_known ? wish_unnamed(wish) : FIELD_NO;
}

/* A link or a folder is never what runs. */
enum field_match match_program(struct wish *wish)
{
	const struct file_name *found = path_cache_find(wish->predicate->paths, wish->field->text);
	const struct set *set;

	if (found && found->exists && !S_ISREG(found->mode))
		return wish_decided(wish->field->op == AUDIT_NOT_EQUAL);
	set = set_compare(wish_arena(wish), wish->field->op, paths_exe(wish->predicate->paths, wish->field->text));
	return wish_bound(wish, wish_variable(wish, AUDIT_EXE), set);
}

enum field_match match_owner(struct wish *wish, bool group)
{
	return of_names(wish, group ? name_gid : name_uid);
}

enum field_match match_number(struct wish *wish)
{
	switch (wish->field->type) {
	case AUDIT_DEVMAJOR:
		return of_plain_names(wish, name_major);
	case AUDIT_DEVMINOR:
		return of_plain_names(wish, name_minor);
	default:
		return of_plain_names(wish, name_inode);
	}
}
