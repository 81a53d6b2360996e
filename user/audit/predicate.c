// SPDX-License-Identifier: BSD-2-Clause
/*
 * Each field of a rule becomes a bound on one variable, or is decided at once. The kernel compares numbers as unsigned
 * 32-bit ones, `exit` too: exit<0 never matches, and a failed call's exit is above 4294963200.
 */
#include "predicate.h"
#include "comparison.h"
#include "match_files.h"

#include <errno.h>

static enum field_answer number(struct field_match *match, uint32_t type)
{
	const struct rule_field *field = match->field;
	variable v = match_variable(match, type);
	uint32_t value;

	if (field->op != AUDIT_BIT_MASK && field->op != AUDIT_BIT_TEST)
		return match_bound(match, v, set_compare(match_arena(match), field->op, field->value));
	if (field->value == 0)
		return match_decided(field->op == AUDIT_BIT_TEST);
	if (set_is_single(box_get(match_arena(match), match->box, v), &value))
		return match_decided(field->op == AUDIT_BIT_TEST ? (value & field->value) == field->value
								 : value & field->value);
	return match_truth(match, variable_of(VARIABLE_TRUTH, type | field->op >> 8, field->value), true);
}

/* gid and egid are also compared with the groups a task is in, by = and != only. */
static enum field_answer group(struct field_match *match)
{
	const struct rule_field *field = match->field;
	bool equal = field->op == AUDIT_EQUAL;
	uint32_t value;

	if (match->predicate->stage == STAGE_RECORD || (!equal && field->op != AUDIT_NOT_EQUAL))
		return number(match, field->type);
	if (set_is_single(box_get(match_arena(match), match->box, match_variable(match, field->type)), &value) &&
	    value == field->value)
		return match_decided(equal);
	return match_truth(match,
			   variable_of(VARIABLE_TRUTH,
				       match->predicate->stage == STAGE_FORK ? 0x800000 | field->type : field->type,
				       field->value),
			   equal);
}

static enum field_answer login(struct field_match *match)
{
	const struct rule_field *field = match->field;
	bool wants_unset = (field->value == 0) == (field->op == AUDIT_EQUAL);

	if (field->type == AUDIT_LOGINUID)
		return number(match, AUDIT_LOGINUID);
	return match_bound(match, match_variable(match, AUDIT_LOGINUID),
			   set_compare(match_arena(match), wants_unset ? AUDIT_EQUAL : AUDIT_NOT_EQUAL, UINT32_MAX));
}

/* success is exit by another name: the last 4095 numbers are errors. */
static enum field_answer success(struct field_match *match)
{
	const struct rule_field *field = match->field;
	uint32_t wanted = field->value ? 1 : 2; /* AUDITSC_SUCCESS, AUDITSC_FAILURE */
	const struct set *states = set_compare(match_arena(match), field->op, wanted);
	bool on_success = states && !set_apart(states, set_range(match_arena(match), 1, 1));
	bool on_failure = states && !set_apart(states, set_range(match_arena(match), 2, 2));

	if (!states)
		return match_bound(match, 0, NULL);
	if (on_success == on_failure)
		return match_decided(on_success);
	return match_bound(match, variable_of(VARIABLE_NUMBER, AUDIT_EXIT, 0),
			   on_success ? set_range(match_arena(match), 0, (uint32_t)-4096)
				      : set_range(match_arena(match), (uint32_t)-4095, UINT32_MAX));
}

/* Two of the task's own ids; or one of them and the owner of a file, where any file will do. */
static enum field_answer comparison(struct field_match *match)
{
	const struct target *target = match->predicate->target;
	bool equal = match->field->op == AUDIT_EQUAL;
	const struct set *a, *b;
	uint32_t left, right, x, y;

	if (!field_compared(match->field->value, &left, &right))
		return FIELD_NO; /* the kernel knows no such comparison */
	if (match->predicate->stage == STAGE_FORK)
		return match_unknown(match);
	a = box_get(match_arena(match), match->box, match_variable(match, left));
	if (right == AUDIT_OBJ_UID || right == AUDIT_OBJ_GID) {
		const struct set *owners = set_of(match_arena(match), NULL, 0);

		if (!target->names_known)
			return match_unnamed(match);
		for (size_t i = 0; i < target->names.count; i++) {
			const struct file_name *name = target->names.names[i];

			x = right == AUDIT_OBJ_UID ? name->uid : name->gid;
			if (!name->exists)
				return match_unknown(match);
			/* one owner at a time: several make != a union, which needs no bound */
			if (owners && owners->count && !set_apart(owners, set_range(match_arena(match), x, x)))
				continue;
			if (owners && owners->count)
				return match_unknown(match);
			owners = set_range(match_arena(match), x, x);
		}
		if (!owners || owners->count == 0)
			return FIELD_NO;
		return match_bound(match, match_variable(match, left),
				   equal ? owners
					 : set_without(match_arena(match),
						       variable_domain(match_arena(match), match_variable(match, left)),
						       owners));
	}
	b = box_get(match_arena(match), match->box, match_variable(match, right));
	if (a && b && set_is_single(a, &x) && set_is_single(b, &y))
		return match_decided((x == y) == equal);
	if (a && b && set_apart(a, b))
		return match_decided(!equal);
	return match_truth(match, variable_of(VARIABLE_TRUTH, AUDIT_FIELD_COMPARE, match->field->value), equal);
}

static enum field_answer perm(struct field_match *match)
{
	const struct target *target = match->predicate->target;
	uint32_t wanted = match->field->value;
	bool equal = match->field->op == AUDIT_EQUAL;

	if (match->predicate->stage == STAGE_FORK)
		return match_decided(!equal);
	if (target->kind == TARGET_EXEC)
		return match_decided(((wanted & AUDIT_PERM_EXEC) != 0) == equal);
	if (target->kind == TARGET_CALL)
		return target->names_known ? match_decided(!equal) : match_unnamed(match);
	if (target->perm & wanted)
		return match_decided(equal);
	return match_truth(match, variable_of(VARIABLE_TRUTH, AUDIT_PERM, wanted), equal);
}

static bool has_meaning(const struct lsm_list *lsm, uint32_t type)
{
	return !lsm->known || lsm->selinux || (lsm->smack && (type == AUDIT_SUBJ_USER || type == AUDIT_OBJ_USER)) ||
	       (lsm->apparmor && type == AUDIT_SUBJ_ROLE);
}

/* Security contexts. Where no module gives them a meaning, the kernel matches neither = nor !=. */
static enum field_answer context(struct field_match *match)
{
	const struct predicate *predicate = match->predicate;
	bool object = match->field->type >= AUDIT_OBJ_USER && match->field->type <= AUDIT_OBJ_LEV_HIGH;

	if (!has_meaning(&predicate->machine->lsm, match->field->type))
		return FIELD_NO;
	if (object && predicate->target->names_known && predicate->target->names.count == 0)
		return FIELD_NO;
	return match_unknown(match);
}

/* What the exclude list looks at; anything else ends its work. */
static enum field_answer record_field(struct field_match *match)
{
	switch (match->field->type) {
	case AUDIT_PID:
	case AUDIT_UID:
		return number(match, match->field->type);
	case AUDIT_GID:
		return group(match);
	case AUDIT_LOGINUID:
	case AUDIT_LOGINUID_SET:
		return login(match);
	case AUDIT_MSGTYPE:
		return match_decided(match_compare(AUDIT_SYSCALL, match->field->op, match->field->value));
	case AUDIT_SUBJ_USER:
	case AUDIT_SUBJ_ROLE:
	case AUDIT_SUBJ_TYPE:
	case AUDIT_SUBJ_SEN:
	case AUDIT_SUBJ_CLR:
		return context(match);
	case AUDIT_EXE:
		return match_program(match);
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

static enum field_answer call_field(struct field_match *match)
{
	const struct predicate *predicate = match->predicate;
	const struct rule_field *field = match->field;

	if (predicate->stage == STAGE_FORK && needs_call(field->type))
		return FIELD_NO;
	switch (field->type) {
	case AUDIT_FILTERKEY:
		return FIELD_YES;
	case AUDIT_ARCH:
		return match_decided(match_compare(predicate->target->elf, field->op, field->value));
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
		return number(match, field->type);
	case AUDIT_GID:
	case AUDIT_EGID:
		return group(match);
	case AUDIT_LOGINUID:
	case AUDIT_LOGINUID_SET:
		return login(match);
	case AUDIT_SUCCESS:
		return success(match);
	case AUDIT_DEVMAJOR:
	case AUDIT_DEVMINOR:
	case AUDIT_INODE:
		return match_number(match);
	case AUDIT_OBJ_UID:
		return match_owner(match, false);
	case AUDIT_OBJ_GID:
		return match_owner(match, true);
	case AUDIT_FIELD_COMPARE:
		return comparison(match);
	case AUDIT_WATCH:
		return match_path(match);
	case AUDIT_DIR:
		return match_folder(match);
	case AUDIT_PERM:
		return perm(match);
	case AUDIT_FILETYPE:
		return match_filetype(match);
	case AUDIT_EXE:
		return match_program(match);
	case AUDIT_SADDR_FAM:
		return predicate->target->names_known ? FIELD_NO : match_unnamed(match);
	case AUDIT_FSTYPE:
	case AUDIT_MSGTYPE:
		return FIELD_NO;
	default:
		return rule_field_is_text(field->type) ? context(match) : match_unknown(match);
	}
}

static enum field_answer judge(struct field_match *match)
{
	return match->predicate->stage == STAGE_RECORD ? record_field(match) : call_field(match);
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

static enum field_answer judge_calls(struct field_match *match, const struct rule *rule)
{
	const struct target *target = match->predicate->target;
	enum stage stage = match->predicate->stage;
	variable v;

	if (stage == STAGE_FORK || stage == STAGE_RECORD)
		return FIELD_YES;
	if (target->kind == TARGET_CALL && target->call)
		return match_decided(rule_has_call(rule, target->nr));
	if (rule_has_all_calls(rule))
		return FIELD_YES;
	v = variable_of(VARIABLE_NUMBER, TYPE_CALL, 0);
	return match_bound(match, v, mask_set(rule, box_get(match_arena(match), match->box, v), match_arena(match)));
}

bool predicate_is_for_inode(const struct rule *rule)
{
	const struct rule_field *inode = rule_find(rule, AUDIT_INODE);

	return rule_find(rule, AUDIT_WATCH) || (inode && inode->op == AUDIT_EQUAL);
}

/* Takes one verdict into the box. Returns MATCH_SOME, MATCH_NONE, MATCH_STOP or -ENOMEM. */
static int narrow(struct field_match *match, enum field_answer verdict, struct leftovers *left)
{
	struct arena *arena = match_arena(match);
	const struct set *now, *inside, *outside;

	if (verdict != FIELD_BOUND)
		return verdict == FIELD_YES ? MATCH_SOME : verdict == FIELD_NO ? MATCH_NONE : MATCH_STOP;
	now = box_get(arena, match->box, match->variable);
	inside = set_and(arena, now, match->set);
	outside = set_without(arena, now, match->set);
	if (!inside || !outside)
		return -ENOMEM;
	if (inside->count == 0)
		return MATCH_NONE;
	if (outside->count == 0)
		return MATCH_SOME;
	left->boxes[left->count] = box_with(arena, match->box, match->variable, outside);
	match->box = box_with(arena, match->box, match->variable, inside);
	return left->boxes[left->count++] && match->box ? MATCH_SOME : -ENOMEM;
}

int predicate_apply(const struct predicate *predicate, const struct rule *rule, const struct box *box,
		    const struct box **matched, struct leftovers *left)
{
	struct field_match match = { .predicate = predicate, .rule = rule, .box = box };
	int result;

	left->count = 0;
	/* an exclude rule without fields matches nothing, any other everything */
	if (predicate->stage == STAGE_RECORD && rule->field_count == 0)
		return MATCH_NONE;
	result = narrow(&match, judge_calls(&match, rule), left);
	for (size_t i = 0; result == MATCH_SOME && i < rule->field_count; i++) {
		match.field = &rule->fields[i];
		result = narrow(&match, judge(&match), left);
	}
	if (result > MATCH_NONE)
		*matched = match.box;
	return result;
}
