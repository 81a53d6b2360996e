// SPDX-License-Identifier: BSD-2-Clause
#include "wish.h"
#include "paths.h"

struct arena *wish_arena(const struct wish *wish)
{
	return wish->predicate->arena;
}

enum field_match wish_decided(bool matches)
{
	return matches ? FIELD_YES : FIELD_NO;
}

enum field_match wish_bound(struct wish *wish, variable v, const struct set *set)
{
	wish->variable = v;
	wish->set = set;
	return FIELD_BOUND;
}

enum field_match wish_truth(struct wish *wish, variable v, bool wanted)
{
	return wish_bound(wish, v, set_range(wish_arena(wish), wanted, wanted));
}

/*
 * Each operator is an unknown of its own: where nothing gives the field a meaning, neither = nor != matches. The same
 * field in two rules is the same unknown.
 */
enum field_match wish_unknown(struct wish *wish)
{
	const struct rule_field *field = wish->field;
	uint32_t detail = field->text ? paths_number(wish->predicate->paths, field->text) : field->value;
	uint32_t type = field->type | field->op >> 8;

	return wish_truth(wish, variable_of(VARIABLE_UNKNOWN, type, detail), true);
}

/*
 * Which files the call will name is not known. A rule for all calls that wants a certain file is about that file, and
 * not to be relied on here; a never rule may still strike.
 */
enum field_match wish_unnamed(struct wish *wish)
{
	if (wish->rule->action == AUDIT_ALWAYS && rule_has_all_calls(wish->rule))
		return FIELD_NO;
	return wish_unknown(wish);
}

variable wish_variable(const struct wish *wish, uint32_t type)
{
	return variable_of(wish->predicate->stage == STAGE_FORK ? VARIABLE_FORKED : VARIABLE_NUMBER, type, 0);
}

bool wish_compare(uint32_t left, uint32_t op, uint32_t right)
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
