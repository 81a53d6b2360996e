// SPDX-License-Identifier: BSD-2-Clause
#include "rule.h"
#include "../hash.h"

#include <stdio.h>
#include <string.h>

bool rule_has_call(const struct rule *rule, unsigned int nr)
{
	return nr / 32 < AUDIT_BITMASK_SIZE && rule->mask[nr / 32] & 1U << nr % 32;
}

void rule_add_call(struct rule *rule, unsigned int nr)
{
	rule->mask[nr / 32] |= 1U << nr % 32;
}

/* The last word is left out: its upper bits are names of classes, which the kernel clears. */
bool rule_has_all_calls(const struct rule *rule)
{
	for (size_t i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
		if (rule->mask[i] != UINT32_MAX)
			return false;
	return true;
}

bool rule_has_no_calls(const struct rule *rule)
{
	for (size_t i = 0; i < AUDIT_BITMASK_SIZE; i++)
		if (rule->mask[i])
			return false;
	return true;
}

const struct rule_field *rule_find(const struct rule *rule, uint32_t type)
{
	for (size_t i = 0; i < rule->field_count; i++)
		if (rule->fields[i].type == type)
			return &rule->fields[i];
	return NULL;
}

bool rule_field_is_text(uint32_t type)
{
	switch (type) {
	case AUDIT_SUBJ_USER:
	case AUDIT_SUBJ_ROLE:
	case AUDIT_SUBJ_TYPE:
	case AUDIT_SUBJ_SEN:
	case AUDIT_SUBJ_CLR:
	case AUDIT_OBJ_USER:
	case AUDIT_OBJ_ROLE:
	case AUDIT_OBJ_TYPE:
	case AUDIT_OBJ_LEV_LOW:
	case AUDIT_OBJ_LEV_HIGH:
	case AUDIT_WATCH:
	case AUDIT_DIR:
	case AUDIT_EXE:
	case AUDIT_FILTERKEY:
		return true;
	default:
		return false;
	}
}

const char *rule_field_name(uint32_t type)
{
	static char number[32];
	const char *name = audit_field_to_name((int)type);

	if (name)
		return type == AUDIT_LOGINUID ? "auid" : name;
	if (type == AUDIT_LOGINUID_SET)
		return "auid";
	snprintf(number, sizeof(number), "field %u", type);
	return number;
}

static bool field_equal(const struct rule_field *a, const struct rule_field *b)
{
	if (a->type != b->type || a->op != b->op)
		return false;
	return a->text && b->text ? strcmp(a->text, b->text) == 0 : a->value == b->value && !a->text == !b->text;
}

/*
 * One in front (-A) is no duplicate of one at the end: the kernel compares the flag too, and forgets it once the rule
 * is in. So only a rule that is added at the end can be a duplicate.
 */
bool rule_equal(const struct rule *a, const struct rule *b)
{
	if (a->list != b->list || a->action != b->action || a->field_count != b->field_count ||
	    memcmp(a->mask, b->mask, sizeof(a->mask)))
		return false;
	for (size_t i = 0; i < a->field_count; i++)
		if (!field_equal(&a->fields[i], &b->fields[i]))
			return false;
	return true;
}

uint64_t rule_hash(const struct rule *rule)
{
	uint64_t hash = HASH_START;

	hash = hash_add(hash, &rule->list, sizeof(rule->list));
	hash = hash_add(hash, &rule->action, sizeof(rule->action));
	hash = hash_add(hash, rule->mask, sizeof(rule->mask));
	for (size_t i = 0; i < rule->field_count; i++) {
		const struct rule_field *field = &rule->fields[i];

		hash = hash_add(hash, &field->type, sizeof(field->type));
		hash = hash_add(hash, &field->op, sizeof(field->op));
		if (field->text)
			hash = hash_add(hash, field->text, strlen(field->text));
		else
			hash = hash_add(hash, &field->value, sizeof(field->value));
	}
	return hash;
}

bool rule_fits_arch(const struct rule *rule, uint32_t elf)
{
	for (size_t i = 0; i < rule->field_count; i++)
		if (rule->fields[i].type == AUDIT_ARCH &&
		    (rule->fields[i].value == elf) != (rule->fields[i].op == AUDIT_EQUAL))
			return false;
	return true;
}
