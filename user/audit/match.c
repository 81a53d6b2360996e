// SPDX-License-Identifier: BSD-2-Clause
#include "match.h"
#include "paths.h"

struct arena *match_arena(const struct field_match *match)
{
	return match->predicate->arena;
}

enum field_answer match_decided(bool matches)
{
	return matches ? FIELD_YES : FIELD_NO;
}

enum field_answer match_bound(struct field_match *match, variable v, const struct set *set)
{
	match->variable = v;
	match->set = set;
	return FIELD_BOUND;
}

enum field_answer match_truth(struct field_match *match, variable v, bool wanted)
{
	return match_bound(match, v, set_range(match_arena(match), wanted, wanted));
}

/*
 * Each operator is an unknown of its own: where nothing gives the field a meaning, neither = nor != matches. The same
 * field in two rules is the same unknown.
 */
enum field_answer match_unknown(struct field_match *match)
{
	const struct rule_field *field = match->field;
	uint32_t detail = field->text ? paths_number(match->predicate->paths, field->text) : field->value;
	uint32_t type = field->type | field->op >> 8;

	return match_truth(match, variable_of(VARIABLE_UNKNOWN, type, detail), true);
}

/*
 * Which files the call will name is not known. A rule for all calls that wants a certain file is about that file, and
 * not to be relied on here; a never rule may still strike.
 */
enum field_answer match_unnamed(struct field_match *match)
{
	if (match->rule->action == AUDIT_ALWAYS && rule_has_all_calls(match->rule))
		return FIELD_NO;
	return match_unknown(match);
}

variable match_variable(const struct field_match *match, uint32_t type)
{
	return variable_of(match->predicate->stage == STAGE_FORK ? VARIABLE_FORKED : VARIABLE_NUMBER, type, 0);
}

bool match_compare(uint32_t left, uint32_t op, uint32_t right)
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
