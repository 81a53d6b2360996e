// SPDX-License-Identifier: BSD-2-Clause
/*
 * Each field of a rule becomes a bound on one variable, or is decided at once. The kernel compares numbers as unsigned
 * 32-bit ones, `exit` too: exit<0 never matches, and a failed call's exit is above 4294963200.
 */
#include "predicate.h"
#include "comparison.h"
#include "match_files.h"

#include <errno.h>

static enum field_match number(struct wish *wish, uint32_t type)
{
	const struct rule_field *field = wish->field;
	variable v = wish_variable(wish, type);
	uint32_t value;

	if (field->op != AUDIT_BIT_MASK && field->op != AUDIT_BIT_TEST)
		return wish_bound(wish, v, set_compare(wish_arena(wish), field->op, field->value));
	if (field->value == 0)
		return wish_decided(field->op == AUDIT_BIT_TEST);
	if (set_is_single(box_get(wish_arena(wish), wish->box, v), &value))
		return wish_decided(field->op == AUDIT_BIT_TEST ? (value & field->value) == field->value
								: value & field->value);
	return wish_truth(wish, variable_of(VARIABLE_TRUTH, type | field->op >> 8, field->value), true);
}

/* gid and egid are also compared with the groups a task is in, by = and != only. */
static enum field_match group(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	bool equal = field->op == AUDIT_EQUAL;
	uint32_t value;

	if (wish->predicate->stage == STAGE_RECORD || (!equal && field->op != AUDIT_NOT_EQUAL))
		return number(wish, field->type);
	if (set_is_single(box_get(wish_arena(wish), wish->box, wish_variable(wish, field->type)), &value) &&
	    value == field->value)
		return wish_decided(equal);
	return wish_truth(wish,
			  variable_of(VARIABLE_TRUTH,
				      wish->predicate->stage == STAGE_FORK ? 0x800000 | field->type : field->type,
				      field->value),
			  equal);
}

static enum field_match login(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	bool wants_unset = (field->value == 0) == (field->op == AUDIT_EQUAL);

	if (field->type == AUDIT_LOGINUID)
		return number(wish, AUDIT_LOGINUID);
	return wish_bound(wish, wish_variable(wish, AUDIT_LOGINUID),
			  set_compare(wish_arena(wish), wants_unset ? AUDIT_EQUAL : AUDIT_NOT_EQUAL, UINT32_MAX));
}

/* success is exit by another name: the last 4095 numbers are errors. */
static enum field_match success(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	uint32_t wanted = field->value ? 1 : 2; /* AUDITSC_SUCCESS, AUDITSC_FAILURE */
	const struct set *states = set_compare(wish_arena(wish), field->op, wanted);
	bool on_success = states && !set_apart(states, set_range(wish_arena(wish), 1, 1));
	bool on_failure = states && !set_apart(states, set_range(wish_arena(wish), 2, 2));

	if (!states)
		return wish_bound(wish, 0, NULL);
	if (on_success == on_failure)
		return wish_decided(on_success);
	return wish_bound(wish, variable_of(VARIABLE_NUMBER, AUDIT_EXIT, 0),
			  on_success ? set_range(wish_arena(wish), 0, (uint32_t)-4096)
				     : set_range(wish_arena(wish), (uint32_t)-4095, UINT32_MAX));
}

/* Two of the task's own ids; or one of them and the owner of a file, where any file will do. */
static enum field_match comparison(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	bool equal = wish->field->op == AUDIT_EQUAL;
	const struct set *a, *b;
	uint32_t left, right, x, y;

	if (!field_compared(wish->field->value, &left, &right))
		return FIELD_NO; /* the kernel knows no such comparison */
	if (wish->predicate->stage == STAGE_FORK)
		return wish_unknown(wish);
	a = box_get(wish_arena(wish), wish->box, wish_variable(wish, left));
	if (right == AUDIT_OBJ_UID || right == AUDIT_OBJ_GID) {
		const struct set *owners = set_of(wish_arena(wish), NULL, 0);

		if (!target->names_known)
			return wish_unnamed(wish);
		for (size_t i = 0; i < target->names.count; i++) {
			const struct file_name *name = target->names.names[i];

			x = right == AUDIT_OBJ_UID ? name->uid : name->gid;
			if (!name->exists)
				return wish_unknown(wish);
			/* one owner at a time: several make != a union, which needs no bound */
			if (owners && owners->count && !set_apart(owners, set_range(wish_arena(wish), x, x)))
				continue;
			if (owners && owners->count)
				return wish_unknown(wish);
			owners = set_range(wish_arena(wish), x, x);
		}
		if (!owners || owners->count == 0)
			return FIELD_NO;
		return wish_bound(wish, wish_variable(wish, left),
				  equal ? owners
					: set_without(wish_arena(wish),
						      variable_domain(wish_arena(wish), wish_variable(wish, left)),
						      owners));
	}
	b = box_get(wish_arena(wish), wish->box, wish_variable(wish, right));
	if (a && b && set_is_single(a, &x) && set_is_single(b, &y))
		return wish_decided((x == y) == equal);
	if (a && b && set_apart(a, b))
		return wish_decided(!equal);
	return wish_truth(wish, variable_of(VARIABLE_TRUTH, AUDIT_FIELD_COMPARE, wish->field->value), equal);
}

static enum field_match perm(struct wish *wish)
{
	const struct target *target = wish->predicate->target;
	uint32_t wanted = wish->field->value;
	bool equal = wish->field->op == AUDIT_EQUAL;

	if (wish->predicate->stage == STAGE_FORK)
		return wish_decided(!equal);
	if (target->kind == TARGET_EXEC)
		return wish_decided(((wanted & AUDIT_PERM_EXEC) != 0) == equal);
	if (target->kind == TARGET_CALL)
		return target->names_known ? wish_decided(!equal) : wish_unnamed(wish);
	if (target->perm & wanted)
		return wish_decided(equal);
	return wish_truth(wish, variable_of(VARIABLE_TRUTH, AUDIT_PERM, wanted), equal);
}

static bool has_meaning(const struct lsm_list *lsm, uint32_t type)
{
	return !lsm->known || lsm->selinux || (lsm->smack && (type == AUDIT_SUBJ_USER || type == AUDIT_OBJ_USER)) ||
	       (lsm->apparmor && type == AUDIT_SUBJ_ROLE);
}

/* Security contexts. Where no module gives them a meaning, the kernel matches neither = nor !=. */
static enum field_match context(struct wish *wish)
{
	const struct predicate *predicate = wish->predicate;
	bool object = wish->field->type >= AUDIT_OBJ_USER && wish->field->type <= AUDIT_OBJ_LEV_HIGH;

	if (!has_meaning(&predicate->machine->lsm, wish->field->type))
		return FIELD_NO;
	if (object && predicate->target->names_known && predicate->target->names.count == 0)
		return FIELD_NO;
	return wish_unknown(wish);
}

/* What the exclude list looks at; anything else ends its work. */
static enum field_match record_field(struct wish *wish)
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
		return wish_decided(wish_compare(AUDIT_SYSCALL, wish->field->op, wish->field->value));
	case AUDIT_SUBJ_USER:
	case AUDIT_SUBJ_ROLE:
	case AUDIT_SUBJ_TYPE:
	case AUDIT_SUBJ_SEN:
	case AUDIT_SUBJ_CLR:
		return context(wish);
	case AUDIT_EXE:
		return match_program(wish);
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

static enum field_match call_field(struct wish *wish)
{
	const struct predicate *predicate = wish->predicate;
	const struct rule_field *field = wish->field;

	if (predicate->stage == STAGE_FORK && needs_call(field->type))
		return FIELD_NO;
	switch (field->type) {
	case AUDIT_FILTERKEY:
		return FIELD_YES;
	case AUDIT_ARCH:
		return wish_decided(wish_compare(predicate->target->elf, field->op, field->value));
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
	case AUDIT_DEVMINOR:
	case AUDIT_INODE:
		return match_number(wish);
	case AUDIT_OBJ_UID:
		return match_owner(wish, false);
	case AUDIT_OBJ_GID:
		return match_owner(wish, true);
	case AUDIT_FIELD_COMPARE:
		return comparison(wish);
	case AUDIT_WATCH:
		return match_path(wish);
	case AUDIT_DIR:
		return match_folder(wish);
	case AUDIT_PERM:
		return perm(wish);
	case AUDIT_FILETYPE:
		return match_filetype(wish);
	case AUDIT_EXE:
		return match_program(wish);
	case AUDIT_SADDR_FAM:
		return predicate->target->names_known ? FIELD_NO : wish_unnamed(wish);
	case AUDIT_FSTYPE:
	case AUDIT_MSGTYPE:
		return FIELD_NO;
	default:
		return rule_field_is_text(field->type) ? context(wish) : wish_unknown(wish);
	}
}

static enum field_match judge(struct wish *wish)
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

static enum field_match judge_calls(struct wish *wish, const struct rule *rule)
{
	const struct target *target = wish->predicate->target;
	enum stage stage = wish->predicate->stage;
	variable v;

	if (stage == STAGE_FORK || stage == STAGE_RECORD)
		return FIELD_YES;
	if (target->kind == TARGET_CALL && target->call)
		return wish_decided(rule_has_call(rule, target->nr));
	if (rule_has_all_calls(rule))
		return FIELD_YES;
	v = variable_of(VARIABLE_NUMBER, TYPE_CALL, 0);
	return wish_bound(wish, v, mask_set(rule, box_get(wish_arena(wish), wish->box, v), wish_arena(wish)));
}

bool predicate_is_for_inode(const struct rule *rule)
{
	const struct rule_field *inode = rule_find(rule, AUDIT_INODE);

	return rule_find(rule, AUDIT_WATCH) || (inode && inode->op == AUDIT_EQUAL);
}

/* Takes one verdict into the box. Returns MATCH_SOME, MATCH_NONE, MATCH_STOP or -ENOMEM. */
static int narrow(struct wish *wish, enum field_match verdict, struct leftovers *left)
{
	struct arena *arena = wish_arena(wish);
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
