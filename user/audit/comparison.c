// SPDX-License-Identifier: BSD-2-Clause
#include "comparison.h"

#include <string.h>

/* By the kernel's number for each pair (linux/audit.h). */
static const uint32_t compared[][2] = {
	[AUDIT_COMPARE_UID_TO_OBJ_UID] = { AUDIT_UID, AUDIT_OBJ_UID },
	[AUDIT_COMPARE_GID_TO_OBJ_GID] = { AUDIT_GID, AUDIT_OBJ_GID },
	[AUDIT_COMPARE_EUID_TO_OBJ_UID] = { AUDIT_EUID, AUDIT_OBJ_UID },
	[AUDIT_COMPARE_EGID_TO_OBJ_GID] = { AUDIT_EGID, AUDIT_OBJ_GID },
	[AUDIT_COMPARE_AUID_TO_OBJ_UID] = { AUDIT_LOGINUID, AUDIT_OBJ_UID },
	[AUDIT_COMPARE_SUID_TO_OBJ_UID] = { AUDIT_SUID, AUDIT_OBJ_UID },
	[AUDIT_COMPARE_SGID_TO_OBJ_GID] = { AUDIT_SGID, AUDIT_OBJ_GID },
	[AUDIT_COMPARE_FSUID_TO_OBJ_UID] = { AUDIT_FSUID, AUDIT_OBJ_UID },
	[AUDIT_COMPARE_FSGID_TO_OBJ_GID] = { AUDIT_FSGID, AUDIT_OBJ_GID },
	[AUDIT_COMPARE_UID_TO_AUID] = { AUDIT_UID, AUDIT_LOGINUID },
	[AUDIT_COMPARE_UID_TO_EUID] = { AUDIT_UID, AUDIT_EUID },
	[AUDIT_COMPARE_UID_TO_FSUID] = { AUDIT_UID, AUDIT_FSUID },
	[AUDIT_COMPARE_UID_TO_SUID] = { AUDIT_UID, AUDIT_SUID },
	[AUDIT_COMPARE_AUID_TO_FSUID] = { AUDIT_LOGINUID, AUDIT_FSUID },
	[AUDIT_COMPARE_AUID_TO_SUID] = { AUDIT_LOGINUID, AUDIT_SUID },
	[AUDIT_COMPARE_AUID_TO_EUID] = { AUDIT_LOGINUID, AUDIT_EUID },
	[AUDIT_COMPARE_EUID_TO_SUID] = { AUDIT_EUID, AUDIT_SUID },
	[AUDIT_COMPARE_EUID_TO_FSUID] = { AUDIT_EUID, AUDIT_FSUID },
	[AUDIT_COMPARE_SUID_TO_FSUID] = { AUDIT_SUID, AUDIT_FSUID },
	[AUDIT_COMPARE_GID_TO_EGID] = { AUDIT_GID, AUDIT_EGID },
	[AUDIT_COMPARE_GID_TO_FSGID] = { AUDIT_GID, AUDIT_FSGID },
	[AUDIT_COMPARE_GID_TO_SGID] = { AUDIT_GID, AUDIT_SGID },
	[AUDIT_COMPARE_EGID_TO_FSGID] = { AUDIT_EGID, AUDIT_FSGID },
	[AUDIT_COMPARE_EGID_TO_SGID] = { AUDIT_EGID, AUDIT_SGID },
	[AUDIT_COMPARE_SGID_TO_FSGID] = { AUDIT_SGID, AUDIT_FSGID },
};

bool field_compared(uint32_t value, uint32_t *left, uint32_t *right)
{
	if (value == 0 || value >= sizeof(compared) / sizeof(*compared))
		return false;
	*left = compared[value][0];
	*right = compared[value][1];
	return true;
}

const char *field_parse_comparison(const char *pair, struct field_context *context, struct rule_field *field)
{
	const char *sign = strstr(pair, "!=");
	uint32_t op = sign ? AUDIT_NOT_EQUAL : AUDIT_EQUAL;
	const char *value;
	char *name;
	int left, right;

	if (!sign)
		sign = strchr(pair, '=');
	if (!sign)
		return "-C wants name=name or name!=name";
	name = arena_text(context->arena, pair, (size_t)(sign - pair));
	value = sign + (op == AUDIT_EQUAL ? 1 : 2);
	if (!name)
		return "no memory";
	left = audit_name_to_field(name);
	right = audit_name_to_field(value);
	if (left < 0 || right < 0)
		return field_say(context->arena, "there is no field %s", left < 0 ? name : value);
	if (context->list != AUDIT_FILTER_EXIT)
		return "-C can only be used with the exit list";
	for (uint32_t i = 1; i < sizeof(compared) / sizeof(*compared); i++) {
		if ((compared[i][0] != (uint32_t)left || compared[i][1] != (uint32_t)right) &&
		    (compared[i][1] != (uint32_t)left || compared[i][0] != (uint32_t)right))
			continue;
		*field = (struct rule_field) { .type = AUDIT_FIELD_COMPARE, .op = op, .value = i };
		return NULL;
	}
	return field_say(context->arena, "%s and %s cannot be compared", name, value);
}
