// SPDX-License-Identifier: BSD-2-Clause
/*
 * Each field of a rule becomes a bound on one variable, or is decided at once. The kernel compares numbers as unsigned
 * 32-bit ones, `exit` too: exit<0 never matches, and a failed call's exit is above 4294963200.
 */
#include "predicate.h"
#include "field.h"
#include "paths.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum verdict { FIELD_YES, FIELD_NO, FIELD_BOUND, FIELD_STOP };

/* One field on its way to a bound. */
struct wish {
	const struct predicate *predicate;
	const struct rule *rule;
	const struct rule_field *field;
	const struct box *box; /* what the fields before left */
	variable variable;
	const struct set *set;
};

static struct arena *arena_of(const struct wish *wish)
{
	return wish->predicate->arena;
}

static enum verdict decided(bool matches)
{
	return matches ? FIELD_YES : FIELD_NO;
}

static enum verdict bound(struct wish *wish, variable v, const struct set *set)
{
	wish->variable = v;
	wish->set = set;
	return FIELD_BOUND;
}

static enum verdict truth(struct wish *wish, variable v, bool wanted)
{
	return bound(wish, v, set_range(arena_of(wish), wanted, wanted));
}

/*
 * Each operator is an unknown of its own: where nothing gives the field a meaning, neither = nor != matches. The same
 * field in two rules is the same unknown.
 */
static enum verdict unknown(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	uint32_t detail = field->text ? paths_number(wish->predicate->paths, field->text) : field->value;
	uint32_t type = field->type | field->op >> 8;

	return truth(wish, variable_of(VARIABLE_UNKNOWN, type, detail), true);
}

/*
 * Which files the call will name is not known. A rule for all calls that wants a certain file is about that file, and
 * not to be relied on here; a never rule may still strike.
 */
static enum verdict unnamed(struct wish *wish)
{
	if (wish->rule->action == AUDIT_ALWAYS && rule_has_all_calls(wish->rule))
		return FIELD_NO;
	return unknown(wish);
}

static variable number_variable(const struct wish *wish, uint32_t type)
{
	return variable_of(wish->predicate->stage == STAGE_FORK ? VARIABLE_FORKED : VARIABLE_NUMBER, type, 0);
}

static enum verdict number(struct wish *wish, uint32_t type)
{
	const struct rule_field *field = wish->field;
	variable v = number_variable(wish, type);
	uint32_t value;

	if (field->op != AUDIT_BIT_MASK && field->op != AUDIT_BIT_TEST)
		return bound(wish, v, set_compare(arena_of(wish), field->op, field->value));
	if (field->value == 0)
		return decided(field->op == AUDIT_BIT_TEST);
	if (set_is_single(box_get(arena_of(wish), wish->box, v), &value))
		return decided(field->op == AUDIT_BIT_TEST ? (value & field->value) == field->value
							   : value & field->value);
	return truth(wish, variable_of(VARIABLE_TRUTH, type | field->op >> 8, field->value), true);
}

/* gid and egid are also compared with the groups a task is in, by = and != only. */
static enum verdict group(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	bool equal = field->op == AUDIT_EQUAL;
	uint32_t value;

	if (wish->predicate->stage == STAGE_RECORD || (!equal && field->op != AUDIT_NOT_EQUAL))
		return number(wish, field->type);
	if (set_is_single(box_get(arena_of(wish), wish->box, number_variable(wish, field->type)), &value) &&
	    value == field->value)
		return decided(equal);
	return truth(wish,
		     variable_of(VARIABLE_TRUTH,
				 wish->predicate->stage == STAGE_FORK ? 0x800000 | field->type : field->type,
				 field->value),
		     equal);
}

static enum verdict login(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	bool wants_unset = (field->value == 0) == (field->op == AUDIT_EQUAL);

	if (field->type == AUDIT_LOGINUID)
		return number(wish, AUDIT_LOGINUID);
	return bound(wish, number_variable(wish, AUDIT_LOGINUID),
		     set_compare(arena_of(wish), wants_unset ? AUDIT_EQUAL : AUDIT_NOT_EQUAL, UINT32_MAX));
}

/* success is exit by another name: the last 4095 numbers are errors. */
static enum verdict success(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	uint32_t wanted = field->value ? 1 : 2; /* AUDITSC_SUCCESS, AUDITSC_FAILURE */
	const struct set *states = set_compare(arena_of(wish), field->op, wanted);
	bool on_success = states && !set_apart(states, set_range(arena_of(wish), 1, 1));
	bool on_failure = states && !set_apart(states, set_range(arena_of(wish), 2, 2));

	if (!states)
		return bound(wish, 0, NULL);
	if (on_success == on_failure)
		return decided(on_success);
	return bound(wish, variable_of(VARIABLE_NUMBER, AUDIT_EXIT, 0),
		     on_success ? set_range(arena_of(wish), 0, (uint32_t)-4096)
				: set_range(arena_of(wish), (uint32_t)-4095, UINT32_MAX));
}

static bool compare_numbers(uint32_t left, uint32_t op, uint32_t right)
{
	switch (op) {
	case AUDIT_EQUAL:
		return left == right;
	case AUDIT_NOT_EQUAL:
		return left != right;
	case AUDIT_LESS_THAN:
		return left < right;
	case AUDIT_LESS_THAN_OR_EQUAL:
		return left <= right;
	case AUDIT_GREATER_THAN:
		return left > right;
	case AUDIT_GREATER_THAN_OR_EQUAL:
		return left >= right;
	case AUDIT_BIT_MASK:
		return left & right;
	case AUDIT_BIT_TEST:
		return (left & right) == right;
	default:
		return false;
	}
}

/* A property of the files: any file's in the exit list, the file's own with an inode. */
static enum verdict of_names(struct wish *wish, uint32_t (*get)(const struct file_name *name))
{
	const struct predicate *predicate = wish->predicate;
	const struct target *target = predicate->target;

	if (predicate->stage == STAGE_FORK)
		return FIELD_NO;
	if (predicate->stage == STAGE_EXIT && !target->names_known)
		return unnamed(wish);
	for (size_t i = 0; i < target->names.count; i++) {
		const struct file_name *name = target->names.names[i];

		if (predicate->stage == STAGE_NAME && name != predicate->name)
			continue;
		if (!name->exists)
			return unknown(wish);
		if (compare_numbers(get(name), wish->field->op, wish->field->value))
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
static enum verdict of_plain_names(struct wish *wish, uint32_t (*get)(const struct file_name *name))
{
	for (size_t i = 0; i < wish->predicate->target->names.count; i++)
		if (!wish->predicate->target->names.names[i]->plain_numbers)
			return unknown(wish);
	return of_names(wish, get);
}

static enum verdict filetype(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	bool any = false;

	if (!target->names_known)
		return unnamed(wish);
	for (size_t i = 0; i < target->names.count; i++) {
		if (!target->names.names[i]->exists)
			return unknown(wish);
		any |= (target->names.names[i]->mode & S_IFMT) == wish->field->value;
	}
	return decided(any == (wish->field->op == AUDIT_EQUAL));
}

/* Two of the task's own ids; or one of them and the owner of a file, where any file will do. */
static enum verdict comparison(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	bool equal = wish->field->op == AUDIT_EQUAL;
	const struct set *a, *b;
	uint32_t left, right, x, y;

	if (!field_compared(wish->field->value, &left, &right))
		return FIELD_NO; /* the kernel knows no such comparison */
	if (wish->predicate->stage == STAGE_FORK)
		return unknown(wish);
	a = box_get(arena_of(wish), wish->box, number_variable(wish, left));
	if (right == AUDIT_OBJ_UID || right == AUDIT_OBJ_GID) {
		const struct set *owners = set_of(arena_of(wish), NULL, 0);

		if (!target->names_known)
			return unnamed(wish);
		for (size_t i = 0; i < target->names.count; i++) {
			const struct file_name *name = target->names.names[i];

			x = right == AUDIT_OBJ_UID ? name->uid : name->gid;
			if (!name->exists)
				return unknown(wish);
			/* one owner at a time: several make != a union, which needs no bound */
			if (owners && owners->count && !set_apart(owners, set_range(arena_of(wish), x, x)))
				continue;
			if (owners && owners->count)
				return unknown(wish);
			owners = set_range(arena_of(wish), x, x);
		}
		if (!owners || owners->count == 0)
			return FIELD_NO;
		return bound(wish, number_variable(wish, left),
			     equal ? owners
				   : set_without(arena_of(wish),
						 variable_domain(arena_of(wish), number_variable(wish, left)), owners));
	}
	b = box_get(arena_of(wish), wish->box, number_variable(wish, right));
	if (a && b && set_is_single(a, &x) && set_is_single(b, &y))
		return decided((x == y) == equal);
	if (a && b && set_apart(a, b))
		return decided(!equal);
	return truth(wish, variable_of(VARIABLE_TRUTH, AUDIT_FIELD_COMPARE, wish->field->value), equal);
}

static enum verdict perm(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	uint32_t wanted = wish->field->value;
	bool equal = wish->field->op == AUDIT_EQUAL;

	if (wish->predicate->stage == STAGE_FORK)
		return decided(!equal);
	if (target->kind == TARGET_EXEC)
		return decided(((wanted & AUDIT_PERM_EXEC) != 0) == equal);
	if (target->kind == TARGET_CALL)
		return target->names_known ? decided(!equal) : unnamed(wish);
	if (target->perm & wanted)
		return decided(equal);
	return truth(wish, variable_of(VARIABLE_TRUTH, AUDIT_PERM, wanted), equal);
}

/* A rule for one file of a folder that is asked for as a whole: some uses are of that file, others not. */
static enum verdict part_of_folder(struct wish *wish, const struct file_name *found)
{
	if (!file_is_in(found, wish->predicate->target->names.names[0]))
		return FIELD_NO;
	return truth(
	    wish,
	    variable_of(VARIABLE_TRUTH, wish->field->type, paths_number(wish->predicate->paths, wish->field->text)),
	    true);
}

static enum verdict path(struct wish *wish)
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
		return unknown(wish);
	return FIELD_YES;
}

static enum verdict folder(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	const struct file_name *found;

	if (target->names_known && target->names.count == 0)
		return FIELD_NO;
	found = path_cache_find(wish->predicate->paths, wish->field->text);
	for (size_t i = 0; found && i < target->names.count; i++) {
		if (!file_is_in(target->names.names[i], found))
			continue;
		return i == target->names.link_at && !wish->predicate->machine->lsm.known ? unknown(wish) : FIELD_YES;
	}
	if (found && target->whole_folder)
		return part_of_folder(wish, found);
	return target->kind == TARGET_CALL && !target->names_known ? unnamed(wish) : FIELD_NO;
}

/* A link or a folder is never what runs. */
static enum verdict program(struct wish *wish)
{
	const struct file_name *found = path_cache_find(wish->predicate->paths, wish->field->text);
	const struct set *set;

	if (found && found->exists && !S_ISREG(found->mode))
		return decided(wish->field->op == AUDIT_NOT_EQUAL);
	set = set_compare(arena_of(wish), wish->field->op, paths_exe(wish->predicate->paths, wish->field->text));
	return bound(wish, number_variable(wish, AUDIT_EXE), set);
}

static bool has_meaning(const struct lsm_list *lsm, uint32_t type)
{
	return !lsm->known || lsm->selinux || (lsm->smack && (type == AUDIT_SUBJ_USER || type == AUDIT_OBJ_USER)) ||
	       (lsm->apparmor && type == AUDIT_SUBJ_ROLE);
}

/* Security contexts. Where no module gives them a meaning, the kernel matches neither = nor !=. */
static enum verdict context(struct wish *wish)
{
	const struct predicate *predicate = wish->predicate;
	bool object = wish->field->type >= AUDIT_OBJ_USER && wish->field->type <= AUDIT_OBJ_LEV_HIGH;

	if (!has_meaning(&predicate->machine->lsm, wish->field->type))
		return FIELD_NO;
	if (object && predicate->target->names_known && predicate->target->names.count == 0)
		return FIELD_NO;
	return unknown(wish);
}

/* What the exclude list looks at; anything else ends its work. */
static enum verdict record_field(struct wish *wish)
{
	switch (wish->field->type) {
	case AUDIT_PID:
	case AUDIT_UID:
		return number(wish, wish->field->type);
	case AUDIT_GID:
		return group(wish);
	case AUDIT_LOGINUID:
	case AUDIT_LOGINUID_SET:
		return login(wish);
	case AUDIT_MSGTYPE:
		return decided(compare_numbers(AUDIT_SYSCALL, wish->field->op, wish->field->value));
	case AUDIT_SUBJ_USER:
	case AUDIT_SUBJ_ROLE:
	case AUDIT_SUBJ_TYPE:
	case AUDIT_SUBJ_SEN:
	case AUDIT_SUBJ_CLR:
		return context(wish);
	case AUDIT_EXE:
		return program(wish);
	default:
		return FIELD_STOP;
	}
}

/* There is no call yet when a task is made: what belongs to calls does not match. */
static bool needs_call(uint32_t type)
{
	switch (type) {
	case AUDIT_ARCH:
	case AUDIT_EXIT:
	case AUDIT_SUCCESS:
	case AUDIT_PPID:
	case AUDIT_ARG0:
	case AUDIT_ARG1:
	case AUDIT_ARG2:
	case AUDIT_ARG3:
	case AUDIT_SADDR_FAM:
	case AUDIT_DIR:
	case AUDIT_WATCH:
		return true;
	default:
		return false;
	}
}

static enum verdict call_field(struct wish *wish)
{
	const struct predicate *predicate = wish->predicate;
	const struct rule_field *field = wish->field;

	if (predicate->stage == STAGE_FORK && needs_call(field->type))
		return FIELD_NO;
	switch (field->type) {
	case AUDIT_FILTERKEY:
		return FIELD_YES;
	case AUDIT_ARCH:
		return decided(compare_numbers(predicate->target->elf, field->op, field->value));
	case AUDIT_UID:
	case AUDIT_EUID:
	case AUDIT_SUID:
	case AUDIT_FSUID:
	case AUDIT_SGID:
	case AUDIT_FSGID:
	case AUDIT_PID:
	case AUDIT_PPID:
	case AUDIT_PERS:
	case AUDIT_SESSIONID:
	case AUDIT_EXIT:
	case AUDIT_ARG0:
	case AUDIT_ARG1:
	case AUDIT_ARG2:
	case AUDIT_ARG3:
		return number(wish, field->type);
	case AUDIT_GID:
	case AUDIT_EGID:
		return group(wish);
	case AUDIT_LOGINUID:
	case AUDIT_LOGINUID_SET:
		return login(wish);
	case AUDIT_SUCCESS:
		return success(wish);
	case AUDIT_DEVMAJOR:
		return of_plain_names(wish, name_major);
	case AUDIT_DEVMINOR:
		return of_plain_names(wish, name_minor);
	case AUDIT_INODE:
		return of_plain_names(wish, name_inode);
	case AUDIT_OBJ_UID:
		return of_names(wish, name_uid);
	case AUDIT_OBJ_GID:
		return of_names(wish, name_gid);
	case AUDIT_FIELD_COMPARE:
		return comparison(wish);
	case AUDIT_WATCH:
		return path(wish);
	case AUDIT_DIR:
		return folder(wish);
	case AUDIT_PERM:
		return perm(wish);
	case AUDIT_FILETYPE:
		return filetype(wish);
	case AUDIT_EXE:
		return program(wish);
	case AUDIT_SADDR_FAM:
		return predicate->target->names_known ? FIELD_NO : unnamed(wish);
	case AUDIT_FSTYPE:
	case AUDIT_MSGTYPE:
		return FIELD_NO;
	default:
		return rule_field_is_text(field->type) ? context(wish) : unknown(wish);
	}
}

static enum verdict judge(struct wish *wish)
{
	return wish->predicate->stage == STAGE_RECORD ? record_field(wish) : call_field(wish);
}

/* The numbers in `now` that the rule's mask names. */
static const struct set *mask_set(const struct rule *rule, const struct set *now, struct arena *arena)
{
	struct range ranges[AUDIT_BITMASK_SIZE * 16];
	uint32_t count = 0;

	for (uint32_t i = 0; now && i < now->count; i++) {
		for (uint32_t nr = now->ranges[i].first; nr <= now->ranges[i].last; nr++) {
			if (!rule_has_call(rule, nr))
				continue;
			if (count && ranges[count - 1].last + 1 == nr)
				ranges[count - 1].last = nr;
			else
				ranges[count++] = (struct range) { nr, nr };
		}
	}
	return set_of(arena, ranges, count);
}

static enum verdict judge_calls(struct wish *wish, const struct rule *rule)
{
	const struct target *target = wish->predicate->target;
	enum stage stage = wish->predicate->stage;
	variable v;

	if (stage == STAGE_FORK || stage == STAGE_RECORD)
		return FIELD_YES;
	if (target->kind == TARGET_CALL && target->call)
		return decided(rule_has_call(rule, target->nr));
	if (rule_has_all_calls(rule))
		return FIELD_YES;
	v = variable_of(VARIABLE_NUMBER, TYPE_CALL, 0);
	return bound(wish, v, mask_set(rule, box_get(arena_of(wish), wish->box, v), arena_of(wish)));
}

bool predicate_is_for_inode(const struct rule *rule)
{
	const struct rule_field *inode = rule_find(rule, AUDIT_INODE);

	return rule_find(rule, AUDIT_WATCH) || (inode && inode->op == AUDIT_EQUAL);
}

/* Takes one verdict into the box. Returns MATCH_SOME, MATCH_NONE, MATCH_STOP or -ENOMEM. */
static int narrow(struct wish *wish, enum verdict verdict, struct leftovers *left)
{
	struct arena *arena = arena_of(wish);
	const struct set *now, *inside, *outside;

	if (verdict != FIELD_BOUND)
		return verdict == FIELD_YES ? MATCH_SOME : verdict == FIELD_NO ? MATCH_NONE : MATCH_STOP;
	now = box_get(arena, wish->box, wish->variable);
	inside = set_and(arena, now, wish->set);
	outside = set_without(arena, now, wish->set);
	if (!inside || !outside)
		return -ENOMEM;
	if (inside->count == 0)
		return MATCH_NONE;
	if (outside->count == 0)
		return MATCH_SOME;
	left->boxes[left->count] = box_with(arena, wish->box, wish->variable, outside);
	wish->box = box_with(arena, wish->box, wish->variable, inside);
	return left->boxes[left->count++] && wish->box ? MATCH_SOME : -ENOMEM;
}

int predicate_apply(const struct predicate *predicate, const struct rule *rule, const struct box *box,
		    const struct box **matched, struct leftovers *left)
{
	struct wish wish = { .predicate = predicate, .rule = rule, .box = box };
	int match;

	left->count = 0;
	/* an exclude rule without fields matches nothing, any other everything */
	if (predicate->stage == STAGE_RECORD && rule->field_count == 0)
		return MATCH_NONE;
	match = narrow(&wish, judge_calls(&wish, rule), left);
	for (size_t i = 0; match == MATCH_SOME && i < rule->field_count; i++) {
		wish.field = &rule->fields[i];
		match = narrow(&wish, judge(&wish), left);
	}
	if (match > MATCH_NONE)
		*matched = wish.box;
	return match;
}
